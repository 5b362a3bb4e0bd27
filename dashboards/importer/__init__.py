"""The runtime that makes the dashboards be there when the deployment says so."""
