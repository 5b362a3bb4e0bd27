"""The saved objects: `import`, `export`, `snapshot`."""
