"""Jobs: `jobs` takes wishes, `order` reorders and cancels, `driver` carries the jobs of one engine to their ends."""
