"""Views that fill the window's content area, and the panels that slide over it."""
