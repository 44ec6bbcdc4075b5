"""Face one: the local HTTP interface, on the same services as the window. FastAPI is imported when it starts."""
