"""The HTML pages of the knowledge base."""
