"""Generic machinery that has never heard of ketamine."""
