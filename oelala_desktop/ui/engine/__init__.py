"""The engine: its panel, and the panel of its log."""
