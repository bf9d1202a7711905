"""Verbs that are not list or get."""
