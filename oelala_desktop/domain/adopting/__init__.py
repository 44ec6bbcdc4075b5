"""What a workflow of anybody's offers to set: `surface` walks its graph, `texts`, `given`, `settings` and `files` find
in it what a page shows, `tools` the tools that it fits. `domain/adopt` puts it together."""
