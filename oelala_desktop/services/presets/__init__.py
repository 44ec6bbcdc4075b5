"""Presets: those shipped and the user's own, read from disk (`registry`), new ones written (`own`), made of a
file of any kind (`making`), whole ones in one file (`portable`), and what a user does with them (`shelf`)."""
