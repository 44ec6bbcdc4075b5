"""The page Templates: the workflows that a server offers, and the presets that there are."""
