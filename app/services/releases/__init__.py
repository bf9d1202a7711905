"""Releases: immutable snapshots of the public records."""
