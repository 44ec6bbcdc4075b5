"""Presets: those shipped and the user's own, read from disk (`registry`), and new ones written (`own`)."""
