"""Presets as they are chosen, what a server lacks for them, and a dropped workflow that becomes one."""
