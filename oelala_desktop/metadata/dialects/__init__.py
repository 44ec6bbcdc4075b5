"""One file a dialect: each turns a raw block into GenerationInfo's fields and knows nothing of the others."""
