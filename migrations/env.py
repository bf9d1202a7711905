"""Alembic's entry: runs on the connection that app.services.schema hands over."""

from alembic import context

from app import models as m

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=m.Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
