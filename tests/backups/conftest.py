"""A real PostgreSQL, and homes on the disk."""

from support.postgres import *  # noqa: F403
