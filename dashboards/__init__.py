"""The saved objects that people see in Dashboards, the importer that writes them there, and a local preview."""
