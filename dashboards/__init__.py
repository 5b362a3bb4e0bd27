"""What people see: the saved objects, the importer that puts them into Dashboards, and a local preview."""
