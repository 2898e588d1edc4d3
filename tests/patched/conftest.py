"""A real PostgreSQL for the tests of the dialer."""

from support.postgres import *  # noqa: F403
