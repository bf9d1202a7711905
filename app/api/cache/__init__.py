"""The response cache and the validators of HTTP caching."""
