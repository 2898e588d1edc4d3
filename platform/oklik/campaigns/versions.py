"""Published versions read again: the one place where a stored document becomes a scenario.

What is published reads.  A document may yet be of a format that an update does not read any more, or somebody's hand
has been in the table: then one sentence says which version it is, and whoever asked is told so.
"""

from typing import Any

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from oklik.campaigns.rows import run
from oklik.scenario.document import Scenario, from_json
from oklik.scenario.errors import ScenarioError


class VersionUnreadable(ValueError):
    """A stored version is no scenario (any more).  text: one sentence in "ru" and "en", which names the version."""

    def __init__(self, name: str, number: int, cause: ScenarioError) -> None:
        self.text = {
            "ru": f"версия {number} сценария «{name}» не читается: {cause.describe('ru')}",
            "en": f"version {number} of scenario {name!r} cannot be read: {cause.describe('en')}",
        }
        super().__init__(self.text["en"])


class StoredVersion(msgspec.Struct, frozen=True):
    """A version as it is stored.  scenario_id: None of a trial; name: the scenario's; document: JSON text."""

    scenario_id: int | None
    name: str
    number: int
    document: str

    def scenario(self) -> Scenario:
        """Read it.  Raises VersionUnreadable."""
        try:
            return from_json(msgspec.json.decode(self.document), "")
        except ScenarioError as error:
            raise VersionUnreadable(self.name, self.number, error) from None


def stored_version(conn: Connection, version_id: int) -> StoredVersion | None:
    """Look a version up; None: there is none of this id."""
    row = run(
        conn,
        """SELECT v.scenario_id, s.name, v.number, CAST(v.document AS text) AS document
           FROM scenario_version v JOIN scenario s ON s.id = coalesce(v.scenario_id, v.trial_of) WHERE v.id = :id""",
        id=version_id,
    ).first()
    return None if row is None else StoredVersion(*row)


def plain_document(document: Any) -> dict[str, Any]:
    """Give a stored document as those who look at it or mend it want it: an object, an empty one where it is none."""
    return dict(document) if isinstance(document, dict) else {}


def read_version(conn: Connection, version_id: int) -> Scenario:
    """Give the scenario of a version.  Raises NoResultFound, VersionUnreadable."""
    found = stored_version(conn, version_id)
    if found is None:
        raise NoResultFound(f"there is no scenario version {version_id}")
    return found.scenario()
