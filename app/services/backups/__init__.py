"""Backups: the whole store in one file, checked as soon as it is written; and its way back."""
