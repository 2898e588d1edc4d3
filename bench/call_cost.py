"""CPU of the dialer process per surveyed call, beside a bare greenswitch driver, rounds interleaved in one run.

Run: python bench/call_cost.py [--calls N] [--rounds N] [--rate N] [--json].  A call is: originate, answer, prompt,
two digits, hangup.  The dialer does it with scenario, gate and PostgreSQL, all rows written, against the virtual
switch in another process; the greenswitch driver as its README shows (outbound socket), with neither, against
`outbound_peer.py`, which sends it the frames of a real switch, for our virtual switch offers no outbound socket.
Both get the calls in the same bursts.  Counted is the CPU of the driver's process alone (all its threads, from
/proc), from launch to last row; quote the ratio, milliseconds hold for one machine only.  The last line is JSON.
"""

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

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
from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres

HERE = Path(__file__).resolve().parent
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
  hello: {kind: play, text: {ru: "Здравствуйте."}, message: true, exits: {done: mark}}
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


class Tone:
    """Says everything with the same tone."""

    def speak(self, words: str, language: str) -> Sound:
        """The tone."""
        del words, language
        return Sound(0.3 * np.sin(np.arange(int(8000 * PROMPT_S)) * 0.5), 8000)

    def close(self) -> None:
        """Nothing to give back."""


class Child:
    """A process that speaks JSON by lines."""

    def __init__(self, arguments: list[str], log: Path) -> None:
        with log.open("ab") as sink:
            self.process = subprocess.Popen(
                [sys.executable, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                env={**os.environ, "OKLIK_SWITCH_PASSWORD": PASSWORD},
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


def make_campaign(engine: Engine, root: Path, number: int, calls: int) -> int:
    """A paused campaign with its own people and ready prompts."""
    voice = Voice(default_voices()[0])
    with engine.begin() as conn:
        project = conn.execute(
            text("INSERT INTO project (name) VALUES (:n) RETURNING id"), {"n": str(number)}
        ).scalar_one()
        version = publish_scenario(conn, project, load_text(SCENARIO, "bench"), NOON)
        listed = conn.execute(
            text(
                """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
                   VALUES (:p, 'l', 'l', 'd', '["Имя"]', :now) RETURNING id"""
            ),
            {"p": project, "now": NOON},
        ).scalar_one()
        conn.execute(
            text(
                """WITH p AS (
                       INSERT INTO person (key) SELECT '+7916' || lpad((:first + g)::text, 7, '0')
                       FROM generate_series(1, :n) g RETURNING id, key)
                   INSERT INTO contact (list_id, person_id, row_number, phones, fields, zone)
                   SELECT :l, id, row_number() OVER (ORDER BY key), ARRAY[key], '{"Имя": "Иван"}', 'Europe/Moscow'
                   FROM p"""
            ),
            {"n": calls, "l": listed, "first": number * 100_000},
        )
        wanted = Launch(
            project_id=project,
            name=str(number),
            scenario_version_id=version.id,
            list_id=listed,
            trunk=TrunkSpec(name="t", dial_string="sofia/gateway/pstn/{number}", channels=5000, cps=1000),
            retry=RetryPlan.none(),
            voice=voice.to_json(),
            virtual=True,
        )
        campaign = launch(conn, wanted, NOON).campaign_id
        conn.execute(text("UPDATE campaign SET state = 'paused' WHERE id = :id"), {"id": campaign})
    prepare_prompts(
        engine,
        campaign,
        lambda held: PromptStore(root, Voice(voice_from_json(held).config, engine=Tone()), Dictionary({})),
        now=NOON,
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


def greenswitch_round(driver: Child, calls: int, rate: int) -> float:
    """Milliseconds of CPU a call of the bare driver."""
    before = driver.cpu_s()
    driver.tell(f"round {calls} {rate}")
    said = driver.hear()
    spent = driver.cpu_s() - before
    if said["finished"] != calls:
        sys.exit(f"the greenswitch driver finished {said['finished']} of {calls} calls: {said['failed']}")
    return spent * 1000 / calls


def start_engine(folder: Path, url: str, rate: int, profile: Path | None) -> tuple[Child, Child]:
    """The virtual switch and a dialer on it."""
    people = folder / "people.yaml"
    people.write_text(yaml.safe_dump(PEOPLE), "utf-8")
    arguments = [
        "-m",
        "oklik.telephony.virtual",
        "--listen",
        "127.0.0.1:0",
        "--population",
        str(people),
        "--with-parent",
    ]
    switch = Child(arguments, folder / "log")
    said = switch.hear()
    settings = {
        "database_url": url,
        "switch_host": said["host"],
        "switch_port": said["port"],
        "prompts": str(folder / "prompts"),
        "channels": 5000,
        "cps": rate,
        "start": NOON.isoformat(),
    }
    how = ["-m", "oklik.worker"]
    if profile:
        how = ["-m", "cProfile", "-o", str(profile), *how]
    dialer = Child(how, folder / "log")
    dialer.tell(json.dumps(settings))
    dialer.hear()
    return switch, dialer


def start_greenswitch(folder: Path) -> tuple[Child, Child]:
    """The peer and the bare driver."""
    peer = Child([str(HERE / "outbound_peer.py")], folder / "log")
    driver = Child([str(HERE / "greenswitch_driver.py")], folder / "log")
    driver.hear()
    driver.tell(f"peer 127.0.0.1 {peer.hear()['port']}")
    driver.hear()
    return peer, driver


def measure(folder: Path, calls: int, rounds: int, rate: int, profile: Path | None) -> dict[str, list[float]]:
    """Run all rounds; the first of each is a rehearsal and does not count."""
    figures: dict[str, list[float]] = {"engine": [], "greenswitch": []}
    (folder / "pg").mkdir(mode=0o755)
    with EmbeddedPostgres(folder / "pg" / "data", folder / "pg" / "cache") as url:
        upgrade(url)
        engine = make_engine(url)
        a_round = calls // rounds
        campaigns = [make_campaign(engine, folder / "prompts", n, a_round) for n in range(rounds + 1)]
        children = [*start_engine(folder, url, rate, profile), *start_greenswitch(folder)]
        try:
            for n, campaign in enumerate(campaigns):
                ours = engine_round(engine, children[1], campaign, a_round)
                theirs = greenswitch_round(children[3], a_round, rate)
                print(
                    f"round {n or 'to warm up'}: dialer {ours:.3f} ms a call, bare greenswitch {theirs:.3f} ms a call"
                )
                if n:
                    figures["engine"].append(ours)
                    figures["greenswitch"].append(theirs)
        finally:
            for child in reversed(children):
                child.end()
            engine.dispose()
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rate", type=int, default=100, help="calls a second")
    parser.add_argument("--profile", type=Path, help="write a cProfile of the dialer here")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, last")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="oklik-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        figures = measure(folder, options.calls, options.rounds, options.rate, options.profile)
    ours, theirs = (float(np.median(figures[name])) for name in ("engine", "greenswitch"))
    if options.json:
        print(
            json.dumps(
                {
                    "engine_ms_per_call": round(ours, 3),
                    "greenswitch_ms_per_call": round(theirs, 3),
                    "ratio": round(ours / theirs, 3),
                }
            )
        )
    else:
        print(f"median: dialer {ours:.3f} ms a call, bare greenswitch {theirs:.3f}, ratio {ours / theirs:.3f}")


main()
