"""Proposals and their review, API keys, idempotent requests."""
