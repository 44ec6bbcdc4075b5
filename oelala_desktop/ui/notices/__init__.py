"""What happened: the model of notices and the panel that shows it."""
