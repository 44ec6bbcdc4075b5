"""The controls of any tool, rendered from its fields: `ToolForm` holds the values, `cards` says where they stand."""
