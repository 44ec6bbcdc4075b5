"""My Media with real files, a real database and a real watch."""
