"""A whole stage for the dialer: a campaign in PostgreSQL, the virtual switch as a process, dialers as processes.

Prompts are short tones under the name of the default voice, so nothing is synthesised.  The ledger that the switch
keeps is the oracle: it knows nothing of our tables.
"""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sqlalchemy import Engine, text

from oklik.campaigns.launch import Launch, TrunkSpec, launch
from oklik.campaigns.prepare_prompts import prepare_prompts
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.dialing.call_recording import Part
from oklik.dialing.retry import RetryPlan
from oklik.scenario.document import Scenario
from oklik.speech.audio import Sound
from oklik.speech.dictionary import Dictionary
from oklik.speech.prompts import PromptStore
from oklik.speech.voices import Voice, default_voices, voice_from_json
from support.patience import LONG_S, until
from support.survey import survey

PASSWORD = "stage-password-of-some-length"
TUESDAY = dt.datetime(2026, 3, 10, 7, 0, tzinfo=dt.UTC)  # ten in the morning in Moscow
NO_RETRY = RetryPlan.none()
ENVIRONMENT = {"OKLIK_SWITCH_PASSWORD": PASSWORD, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}


class Tone:
    """An engine that says everything with the same short tone."""

    def __init__(self, seconds: float) -> None:
        self._samples = 0.3 * np.sin(np.arange(int(8000 * seconds)) * 0.5)

    def speak(self, text: str, language: str) -> Sound:
        return Sound(self._samples, 8000)

    def close(self) -> None:
        pass


def number(index: int) -> str:
    """The number of the contact of that index, from 0."""
    return f"+7916{index + 1:07d}"


def make_campaign(
    engine: Engine,
    root: Path,
    contacts: int,
    *,
    name: str = "campaign",
    scenario: Scenario | None = None,
    retry: RetryPlan = NO_RETRY,
    agents: Sequence[str] = (),
    seconds: float = 0.5,
    now: dt.datetime = TUESDAY,
    record: Part = Part.OFF,
    first: int = 0,
    trunk: str = "pstn",
    channels: int = 100,
) -> int:
    """A running campaign whose prompts are ready; returns its id.

    seconds: length of a prompt, about.  first: index of its first number; trunk: name of its trunk and gateway;
    channels: of it.
    """
    voice = Voice(default_voices()[0])
    with engine.begin() as conn:
        project = conn.execute(text("INSERT INTO project (name) VALUES (:n) RETURNING id"), {"n": name}).scalar_one()
        version = publish_scenario(conn, project, scenario or survey(), now)
        contact_list = conn.execute(
            text(
                """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
                   VALUES (:p, 'list', 'list.csv', :n, '["Имя"]', :now) RETURNING id"""
            ),
            {"p": project, "n": name, "now": now},
        ).scalar_one()
        conn.execute(
            text(
                """WITH p AS (
                       INSERT INTO person (key)
                       SELECT '+7916' || lpad((:first + g)::text, 7, '0') FROM generate_series(1, :n) g
                       ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id, key)
                   INSERT INTO contact (list_id, person_id, row_number, phones, fields, zone)
                   SELECT :l, id, row_number() OVER (ORDER BY key), ARRAY[key], '{"Имя": "Иван"}', 'Europe/Moscow'
                   FROM p"""
            ),
            {"n": contacts, "l": contact_list, "first": first},
        )
        wanted = Launch(
            project_id=project,
            name=name,
            scenario_version_id=version.id,
            list_id=contact_list,
            trunk=TrunkSpec(
                name=trunk,
                dial_string=f"sofia/gateway/{trunk}/{{number}}",
                channels=channels,
                cps=100,
                caller_ids=("74950000001",),
            ),
            retry=retry,
            agent_groups={"sales": list(agents)},
            voice=voice.to_json(),
            virtual=True,
            record=record,
        )
        campaign = launch(conn, wanted, now).campaign_id
    prepare(engine, campaign, root, seconds=seconds, now=now)
    with engine.connect() as conn:
        states = conn.execute(
            text("SELECT state, count(*) FROM target WHERE campaign_id = :id GROUP BY 1"), {"id": campaign}
        ).all()
    assert {state for state, _ in states} == {"waiting"}, states
    return campaign


def prepare(engine: Engine, campaign: int, root: Path, *, seconds: float = 0.5, now: dt.datetime = TUESDAY) -> None:
    """Make the prompts of everybody who has none, as the job worker would."""
    tone = Tone(seconds)

    def open_store(held: Mapping[str, Any]) -> PromptStore:
        return PromptStore(root, Voice(voice_from_json(held).config, engine=tone), Dictionary({}))

    prepare_prompts(engine, campaign, open_store, now=now)


class Process:
    """A child that says one line of JSON when it is ready.  patient: that is waited for."""

    def __init__(
        self, arguments: Sequence[str], log: Path, settings: Mapping[str, Any] | None = None, *, patient: bool = True
    ) -> None:
        self.log = log
        with log.open("ab") as sink:
            self.child = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                env={**os.environ, **ENVIRONMENT},
            )
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        if settings is not None:
            self.child.stdin.write(json.dumps(settings).encode() + b"\n")
            self.child.stdin.flush()
        self.said: dict[str, Any] = {}
        if patient:
            line = self.child.stdout.readline()
            assert line, f"no first line: {log.read_text()[-2000:]}"
            self.said = json.loads(line)

    def signal(self, number: int) -> None:
        self.child.send_signal(number)

    def wait(self, seconds: float = LONG_S) -> int:
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds} s: {self.log.read_text()[-3000:]}") from None

    def end(self) -> None:
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        for stream in (self.child.stdin, self.child.stdout):
            assert stream is not None
            stream.close()


class Stage:
    """One switch and any number of dialers; `close` ends them all."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        *,
        population: Mapping[str, Any],
        speed: float = 20.0,
        channels: int = 20,
        cps: float = 20.0,
        seed: int = 7,
        lua: bool = True,
    ) -> None:
        """seed: what the people do hangs on it.  lua: the switch has the module, and so the guard's script."""
        self.folder = folder
        self.speed = speed
        self.ledger_file = folder / "ledger.jsonl"
        people = folder / "population.yaml"
        people.write_text(yaml.safe_dump(dict(population)), "utf-8")
        arguments = ["oklik.telephony.virtual", "--speed", str(speed)]
        arguments += ["--seed", str(seed), *([] if lua else ["--without-lua"])]
        arguments += ["--population", str(people), "--ledger", str(self.ledger_file), "--with-parent"]
        self._switch = arguments
        self.switch = Process([*arguments, "--listen", "127.0.0.1:0"], folder / "switch.log")
        self.settings: dict[str, Any] = {
            "database_url": database_url,
            "switch_host": self.switch.said["host"],
            "switch_port": self.switch.said["port"],
            "prompts": str(folder / "prompts"),
            "channels": channels,
            "cps": cps,
            "speed": speed,
            "start": TUESDAY.isoformat(),
            "until_done": True,
        }
        self._dialers: list[Process] = []

    def kill_switch(self) -> None:
        """kill -9: its calls and all it knows are gone, the ledger stays."""
        self.switch.end()

    def start_switch(self) -> None:
        """Another one at the same address."""
        where = f"{self.settings['switch_host']}:{self.settings['switch_port']}"
        self.switch = Process([*self._switch, "--listen", where], self.folder / "switch.log")

    def dialer(self, module: str = "oklik.worker", **settings: Any) -> Process:
        """Start one; the settings given win."""
        dialer = Process([module], self.folder / "dialer.log", {**self.settings, **settings})
        self._dialers.append(dialer)
        return dialer

    def kill_dialer(self) -> None:
        """kill -9 of the last one, and wait until it is gone."""
        self._dialers[-1].end()

    def said_in_log(self) -> str:
        """What the dialers have said in their log."""
        return (self.folder / "dialer.log").read_text("utf-8")

    def child_gone(self) -> bool:
        """The last dialer has ended by itself."""
        return self._dialers[-1].child.poll() is not None

    def close(self) -> None:
        for process in (*self._dialers, self.switch):
            process.end()

    # -- the oracle -------------------------------------------------------------------------------------------

    def ledger(self, event: str | None = None) -> list[dict[str, Any]]:
        """What the switch has noted, in order; a line that it is writing just now is not noted yet."""
        if not self.ledger_file.exists():
            return []
        whole, _, _ = self.ledger_file.read_text("utf-8", "replace").rpartition("\n")
        lines = [json.loads(line) for line in whole.splitlines()]
        return [line for line in lines if event is None or line["event"] == event]

    def dials(self) -> Counter[str]:
        """How often each number was dialed."""
        return Counter(line["number"] for line in self.ledger("dial"))


@contextmanager
def staged(folder: Path, database_url: str, **how: Any) -> Iterator[Stage]:
    """A stage that is closed at the end whatever happens."""
    stage = Stage(folder, database_url, **how)
    try:
        yield stage
    finally:
        stage.close()


def most_in_a_second(instants: Iterable[float]) -> int:
    """The most of these instants in any second."""
    times = sorted(instants)
    most = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


def one(engine: Engine, statement: str, **values: Any) -> Any:
    """The single value of a query."""
    with engine.connect() as conn:
        return conn.execute(text(statement), values).scalar_one()


def rows(engine: Engine, statement: str, **values: Any) -> list[Any]:
    """The rows of a query."""
    with engine.connect() as conn:
        return list(conn.execute(text(statement), values))


__all__ = [
    "NO_RETRY",
    "TUESDAY",
    "make_campaign",
    "most_in_a_second",
    "number",
    "one",
    "prepare",
    "rows",
    "signal",
    "staged",
    "until",
]
