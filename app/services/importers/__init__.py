"""Importers: records of public databases and reference managers as YAML for review."""
