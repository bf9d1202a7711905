"""HTTP layer: routes, schemas, middleware."""
