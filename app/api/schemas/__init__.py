"""Response models that are not records."""
