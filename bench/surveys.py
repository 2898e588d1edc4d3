"""What the benchmarks of calls share: a survey of two digits, a campaign of it, the dialer on the virtual switch.

A call is: originate, answer, a prompt, a question, two digits, hangup.
"""

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from sqlalchemy import Engine, text

from oklik.campaigns.launch import Launch, TrunkSpec, launch
from oklik.campaigns.prepare_prompts import prepare_prompts
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.dialing.retry import RetryPlan
from oklik.scenario.document import load_text
from oklik.speech.audio import Sound
from oklik.speech.dictionary import Dictionary
from oklik.speech.prompts import PromptStore
from oklik.speech.voices import Voice, default_voices, voice_from_json

PASSWORD = "bench-password-of-some-length"  # noqa: S105
NOON = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
PROMPT_S = 0.42  # with the pauses around it half a second
SCENARIO = """
format: 1
name: bench
title: {ru: Замер}
languages: [ru]
purpose: informational
start: hello
columns: {name: {title: {ru: Имя}, type: text}}
nodes:
  hello: {kind: play, text: {ru: "GREETING"}, message: true, exits: {done: mark}}
  mark:
    kind: ask
    text: {ru: "Оцените нас двумя цифрами."}
    question: mark
    min_digits: 2
    max_digits: 2
    exits: {done: bye, no_input: bye}
  bye: {kind: hangup}
"""
PEOPLE = {
    "outcomes": {"answer": 1}
    | dict.fromkeys(("no_answer", "busy", "unreachable", "invalid", "machine", "rejected", "line_fault"), 0),
    "ring_s": [0.1, 0.3],
    "personas": {"cooperative": {"share": 1, "think_s": [0.2, 0.2]}},
    "answers": {"[0-9#]{2}": {"12": 1}},
}


class Stage(NamedTuple):
    """Where a campaign plays.  now: its time; zone: where its people live; virtual: on our own switch."""

    now: dt.datetime
    zone: str
    virtual: bool


VIRTUAL = Stage(NOON, "Europe/Moscow", True)
LONG = "долгая"  # in the greeting of a call that is to last


class Tone:
    """Says everything with the same tone.  long_s: how long what speaks of LONG lasts; all else is a usual phrase."""

    def __init__(self, long_s: float = PROMPT_S) -> None:
        self._long_s = long_s

    def speak(self, words: str, language: str) -> Sound:
        """The tone."""
        del language
        seconds = self._long_s if LONG in words else PROMPT_S
        return Sound(0.3 * np.sin(np.arange(int(8000 * seconds)) * 0.5), 8000)

    def close(self) -> None:
        """Nothing to give back."""


class Child:
    """A process that speaks JSON by lines.  python: of another virtual environment, where it is one of those."""

    def __init__(
        self,
        arguments: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
        *,
        python: str = sys.executable,
    ) -> None:
        with log.open("ab") as sink:
            self.process = subprocess.Popen(
                [python, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                env={**os.environ, "OKLIK_SWITCH_PASSWORD": PASSWORD, **(environment or {})},
            )
        self._log = log

    def tell(self, line: str) -> None:
        """Send it a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Its next line."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"a process ended: {self._log.read_text()[-2000:]}")
        heard: dict[str, Any] = json.loads(line)
        return heard

    def cpu_s(self) -> float:
        """Seconds of CPU that all its threads have used, exact to the nanosecond."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9

    def end(self) -> None:
        """Close its input, which ends it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def make_campaign(
    engine: Engine, root: Path, number: int, calls: int, *, long_s: float | None = None, stage: Stage = VIRTUAL
) -> int:
    """A paused campaign with its own people and ready prompts.  long_s: of the greeting, real seconds."""
    voice = Voice(default_voices()[0])
    # A greeting of its own for each length: what is said already is not spoken again.
    greeting = "Здравствуйте." if long_s is None else f"Здравствуйте, {LONG} речь." + " Да." * number
    with engine.begin() as conn:
        project = conn.execute(
            text("INSERT INTO project (name) VALUES (:n) RETURNING id"), {"n": str(number)}
        ).scalar_one()
        version = publish_scenario(conn, project, load_text(SCENARIO.replace("GREETING", greeting), "bench"), stage.now)
        listed = conn.execute(
            text(
                """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
                   VALUES (:p, 'l', 'l', 'd', '["Имя"]', :now) RETURNING id"""
            ),
            {"p": project, "now": stage.now},
        ).scalar_one()
        conn.execute(
            text(
                """WITH p AS (
                       INSERT INTO person (key) SELECT '+7916' || lpad((:first + g)::text, 7, '0')
                       FROM generate_series(1, :n) g RETURNING id, key)
                   INSERT INTO contact (list_id, person_id, row_number, phones, fields, zone)
                   SELECT :l, id, row_number() OVER (ORDER BY key), ARRAY[key], '{"Имя": "Иван"}', :zone
                   FROM p"""
            ),
            {"n": calls, "l": listed, "first": number * 100_000, "zone": stage.zone},
        )
        wanted = Launch(
            project_id=project,
            name=str(number),
            scenario_version_id=version.id,
            list_id=listed,
            trunk=TrunkSpec(name="t", dial_string="sofia/gateway/pstn/{number}", channels=10_000, cps=1000),
            retry=RetryPlan.none(),
            voice=voice.to_json(),
            virtual=stage.virtual,
        )
        campaign = launch(conn, wanted, stage.now).campaign_id
        conn.execute(text("UPDATE campaign SET state = 'paused' WHERE id = :id"), {"id": campaign})
    prepare_prompts(
        engine,
        campaign,
        lambda held: PromptStore(
            root, Voice(voice_from_json(held).config, engine=Tone(long_s or PROMPT_S)), Dictionary({})
        ),
        now=stage.now,
    )
    return campaign


def engine_round(engine: Engine, dialer: Child, campaign: int, calls: int) -> float:
    """Milliseconds of CPU a call of the dialer."""
    before = dialer.cpu_s()
    with engine.begin() as conn:
        conn.execute(text("UPDATE campaign SET state = 'running' WHERE id = :id"), {"id": campaign})
    while True:
        time.sleep(0.1)
        with engine.connect() as conn:
            if conn.execute(text("SELECT state FROM campaign WHERE id = :id"), {"id": campaign}).scalar() == "done":
                break
    spent = dialer.cpu_s() - before
    with engine.connect() as conn:
        done = conn.execute(
            text(
                """SELECT count(*) FROM target t JOIN attempt a ON a.target_id = t.id
                   JOIN answer w ON w.attempt_uuid = a.uuid
                   WHERE t.campaign_id = :id AND t.disposition = 'completed' AND w.value = '12'"""
            ),
            {"id": campaign},
        ).scalar_one()
    if done != calls:
        sys.exit(f"only {done} of {calls} surveys were completed: the figure would be worth nothing")
    return spent * 1000 / calls


def start_switch(folder: Path, channels: int = 5000) -> tuple[Child, dict[str, Any]]:
    """A virtual switch that takes so many calls at once, and where it listens (host, port)."""
    people = folder / "people.yaml"
    people.write_text(yaml.safe_dump(PEOPLE), "utf-8")
    arguments = ["-m", "oklik.telephony.virtual", "--listen", "127.0.0.1:0", "--population", str(people)]
    arguments += ["--max-sessions", str(channels), "--with-parent"]
    switch = Child(arguments, folder / "log")
    return switch, switch.hear()


def start_engine(
    folder: Path,
    url: str,
    rate: int,
    *,
    channels: int = 5000,
    how: Sequence[str] = ("-m", "oklik.worker"),
    environment: Mapping[str, str] | None = None,
) -> tuple[Child, Child]:
    """The virtual switch and a dialer on it.

    rate: calls a second that the dialer may begin; channels: calls in progress, and what the switch takes; how: the
    dialer's program as Python's arguments; environment: more for the dialer.
    """
    switch, said = start_switch(folder, channels)
    settings = {"switch_host": said["host"], "switch_port": said["port"], "start": NOON.isoformat()}
    return switch, start_dialer(folder, url, rate, settings, channels=channels, how=how, environment=environment)


def start_dialer(
    folder: Path,
    url: str,
    rate: int,
    more: Mapping[str, Any],
    *,
    channels: int = 5000,
    how: Sequence[str] = ("-m", "oklik.worker"),
    environment: Mapping[str, str] | None = None,
) -> Child:
    """A dialer that is ready.  more: of its settings, where the switch is at least; the others as start_engine has."""
    settings = {"database_url": url, "prompts": str(folder / "prompts"), "channels": channels, "cps": rate, **more}
    dialer = Child(list(how), folder / "log", environment)
    dialer.tell(json.dumps(settings))
    said = dialer.hear()
    if "error" in said:
        sys.exit(f"the dialer does not begin: {said['error']}")
    return dialer
