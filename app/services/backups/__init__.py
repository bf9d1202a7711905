"""Backups of the whole store, by the database's own tools."""
