"""Alembic's migrations; `oklik.store.migrate` runs them."""
