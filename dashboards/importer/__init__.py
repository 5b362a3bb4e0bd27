"""The function that imports the dashboards in each deployment."""
