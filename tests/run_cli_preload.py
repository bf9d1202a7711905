"""Imported by the server that commands are forked from: they create stores without migrating."""

from app.services.store.migrations import sqlite_statements

sqlite_statements()
