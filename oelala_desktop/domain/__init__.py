"""What the product is about, as pure values: no I/O, no event loop, no Qt."""
