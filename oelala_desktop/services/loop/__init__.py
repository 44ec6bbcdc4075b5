"""What every service stands on: the bus, tasks that end with their scope, a clock, turns, and complaints told once."""
