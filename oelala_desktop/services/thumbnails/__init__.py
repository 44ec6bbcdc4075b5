"""Thumbnails: made once, kept in their database (`store`), in the sizes that cells ask for."""
