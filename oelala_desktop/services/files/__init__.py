"""Single files of any origin: decoded behind one edge, in helper processes with limits; read, cleaned, spliced;
and whether a folder takes any."""
