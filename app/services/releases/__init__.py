"""Releases: the public records as they stood on a day, in files that never change."""
