"""Alembic's entry: run the migrations on the connection that `oklik.store.migrate` hands over."""

from alembic import context

from oklik.store.revisions import VERSION_TABLE
from oklik.store.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    transaction_per_migration=False,
)
context.run_migrations()
