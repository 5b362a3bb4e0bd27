"""One resource group a file: narrow keyword-only inputs, and the grants whose two ends lie inside."""
