"""ketamine-kb: a REST knowledge base on how ketamine works."""

__version__ = "0.13.0"
