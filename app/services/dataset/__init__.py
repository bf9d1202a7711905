"""A dataset folder: read, check, load, export."""
