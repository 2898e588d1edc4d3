"""The store's tests run on a real PostgreSQL."""

from support.postgres import *  # noqa: F403
