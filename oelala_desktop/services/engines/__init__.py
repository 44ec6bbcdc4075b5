"""Engines: one kept connected (`engine`), all that are known (`all`), which takes new jobs (`current`)."""
