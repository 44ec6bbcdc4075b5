"""Workflows as ComfyUI's editor saves them: `document` reads one, `converter` makes the graph of it that a server runs,
as the editor itself does when it queues one."""
