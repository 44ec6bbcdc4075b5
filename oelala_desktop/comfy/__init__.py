"""All that is known about ComfyUI's wire: its messages, its HTTP calls, its node lists, its processes."""
