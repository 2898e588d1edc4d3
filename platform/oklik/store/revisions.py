"""Which versions of the tables this program knows, without loading what upgrades them: processes ask as they start."""

from pathlib import Path

from sqlalchemy import Connection, text

VERSION_TABLE = "schema_version"
_SCRIPTS = Path(__file__).parent / "migrations" / "versions"


class TablesNewer(Exception):
    """The tables are of a newer program, or of nobody's: this one would read and write them wrongly."""

    def __init__(self, there: str, known: str) -> None:
        self.there, self.known = there, known
        super().__init__(f"the database's tables are of version {there}, this program knows them up to {known}")


def known() -> frozenset[str]:
    """Give the versions that this program can upgrade from, and the one it wants: the names of its migrations."""
    return frozenset(path.name[1:].split("_", 1)[0] for path in _SCRIPTS.glob("v[0-9]*.py"))


def check_known(connection: Connection) -> None:
    """Make sure that the tables, if there are any, are not of a version that this program does not know.

    Raises TablesNewer.
    """
    there = connection.execute(text(f"SELECT to_regclass('{VERSION_TABLE}') IS NOT NULL")).scalar_one()
    if not there:
        return
    at = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  a constant
    if at is not None and at not in known():
        raise TablesNewer(str(at), max(known()))
