"""Checks of an installation, for `kkb doctor`; nothing here writes."""
