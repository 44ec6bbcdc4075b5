"""The queue: its panel, the filmstrip, and what is done to jobs there."""
