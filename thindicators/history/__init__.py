"""What was published before: vintages, revisions between them, and versions of packages."""
