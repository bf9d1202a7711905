"""Alembic's entry: runs on the connection that app.services.store.migrations hands over."""

from alembic import context

from app import models as m
from app.services.store.migrations import is_declared_table

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=m.Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    include_name=is_declared_table,
)
with context.begin_transaction():
    context.run_migrations()
