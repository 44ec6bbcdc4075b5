"""My Media: `Library` scans, watches, searches, marks, renames, exports, and moves to the trash."""
