"""Commands: what the window can do, each written down once as a row (`rows`), from which menus, the palette, tooltips,
the list of shortcuts and the keys themselves are made (`carrier`)."""
