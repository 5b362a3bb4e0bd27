"""What the command line itself needs: completion, and messages for the errors of packages."""
