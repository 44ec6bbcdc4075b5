"""Sketch as its clients see it, over real sockets, and its parts by themselves."""
