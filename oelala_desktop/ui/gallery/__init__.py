"""The virtual grid of My Media and what belongs to it."""
