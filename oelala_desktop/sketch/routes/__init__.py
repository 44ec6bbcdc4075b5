"""The HTTP routes and the socket, a small file for each family."""
