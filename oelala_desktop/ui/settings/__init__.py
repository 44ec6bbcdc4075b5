"""The settings: their page and what brings it to life."""
