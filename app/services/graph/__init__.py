"""The mechanism graph: load, filter, find paths, explain, export."""
