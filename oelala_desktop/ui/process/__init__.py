"""The process behind the window: garbage, memory, Qt's log, its end."""
