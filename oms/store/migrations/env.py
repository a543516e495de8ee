"""Alembic's entry: migrate on the connection that `oms.store.schema` hands over."""

from alembic import context

from oms.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
