"""Presets: those shipped and the user's own, read from disk (`registry`), new ones written (`own`), whole ones in one
file (`portable`), and what a user does with them (`shelf`)."""
