"""Response models that are not records, and request bodies; query parameters stay with routes."""
