"""What a call needs and no row holds ready: the scenario of a version and the prompt store of a campaign's voice.

Both never change, so they are read once and kept.
"""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine

from oklik.campaigns.rows import run
from oklik.campaigns.versions import read_version
from oklik.scenario.document import Scenario
from oklik.speech.prompts import PromptStore
from oklik.speech.voices import voice_from_json


class Material:
    """Scenarios and prompt stores of one dialer.

    conn, where it may be given: that of the caller's transaction.  Whoever holds a connection already must not wait
    for another one: callers who come all at once would hold each other up until the pool's patience ends.
    """

    def __init__(self, engine: Engine, prompts: Path) -> None:
        """prompts: the folder of speech."""
        self._engine = engine
        self._folder = prompts
        self._scenarios: dict[int, Scenario] = {}
        self._prompts: dict[int, PromptStore] = {}

    def scenario(self, version_id: int, conn: Connection | None = None) -> Scenario:
        """The scenario of a version.  Raises VersionUnreadable."""
        found = self._scenarios.get(version_id)
        if found is None:
            with self._reader(conn) as reader:
                found = self._scenarios[version_id] = read_version(reader, version_id)
        return found

    def prompts(self, campaign_id: int, conn: Connection | None = None) -> PromptStore:
        """The prompts in the voice of a campaign."""
        found = self._prompts.get(campaign_id)
        if found is None:
            with self._reader(conn) as reader:
                voice = run(reader, "SELECT voice FROM campaign WHERE id = :id", id=campaign_id).scalar_one()
            found = self._prompts[campaign_id] = PromptStore(self._folder, voice_from_json(voice))
        return found

    def _reader(self, conn: Connection | None) -> AbstractContextManager[Connection]:
        return self._engine.connect() if conn is None else nullcontext(conn)
