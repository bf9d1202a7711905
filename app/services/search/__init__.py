"""Search: index, query parsing, retrieval, ranking and snippets."""
