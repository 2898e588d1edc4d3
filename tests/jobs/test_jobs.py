"""Handing work over, the job tables, and the worker process with everything real in it."""

import json
import os
import select
import shutil
import signal
import struct
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from jobs.conftest import Desk, person
from oklik.jobs.app import apply_schema
from oklik.jobs.tasks import STALLED_AFTER_S, defer_open_work
from oklik.speech.engines.command import CommandVoice
from oklik.speech.engines.http_service import HttpVoice
from oklik.speech.voices import Voice
from oklik.store.deferring import PREPARE_PROMPTS, defer
from oklik.store.engine import conninfo
from support.patience import LONG_S, until

pytestmark = [pytest.mark.integration, pytest.mark.heavy]


# -- handing over --------------------------------------------------------------------------------------------


def test_a_job_lives_and_dies_with_its_transaction(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        assert defer(connection, PREPARE_PROMPTS, campaign_id=7)
    assert [(job.task_name, job.args) for job in desk.jobs()] == [(PREPARE_PROMPTS, {"campaign_id": 7})]
    with pytest.raises(RuntimeError), desk.engine.begin() as connection:
        defer(connection, PREPARE_PROMPTS, campaign_id=8)
        raise RuntimeError
    assert len(desk.jobs()) == 1, "what was rolled back left no job"


def test_one_that_waits_already_is_not_doubled_and_the_transaction_goes_on(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        assert defer(connection, PREPARE_PROMPTS, only_one="x", campaign_id=7)
        assert not defer(connection, PREPARE_PROMPTS, only_one="x", campaign_id=7)
        connection.execute(text("INSERT INTO project (name) VALUES ('after')"))
    assert len(desk.jobs()) == 1
    assert desk.run("SELECT count(*) FROM project").scalar_one() == 1


def test_open_work_is_found(desk: Desk) -> None:
    campaign = desk.campaign([person(1)])
    assert defer_open_work(desk.engine) == 1
    assert defer_open_work(desk.engine) == 0, "it waits already"
    assert [job.args for job in desk.jobs()] == [{"campaign_id": campaign}]
    desk.run("DELETE FROM procrastinate_jobs")
    desk.run("UPDATE target SET state = 'waiting'")
    assert defer_open_work(desk.engine) == 0
    desk.run("UPDATE target SET state = 'preparing'")
    desk.run("UPDATE campaign SET state = 'stopped'")
    assert defer_open_work(desk.engine) == 0


# -- the tables ----------------------------------------------------------------------------------------------


def tables(url: str) -> tuple[list[Any], str]:
    with psycopg.connect(conninfo(url)) as connection:
        columns = connection.execute(
            """SELECT table_name, column_name, data_type FROM information_schema.columns
               WHERE table_name LIKE 'procrastinate%' ORDER BY 1, 2"""
        ).fetchall()
        row = connection.execute("SELECT obj_description('procrastinate_jobs'::regclass, 'pg_class')").fetchone()
    assert row is not None
    return columns, str(row[0])


def test_the_tables_are_made_once_by_however_many(database_url: str) -> None:
    errors: list[psycopg.Error] = []

    def apply() -> None:
        try:
            apply_schema(database_url)
        except psycopg.Error as error:
            errors.append(error)

    threads = [threading.Thread(target=apply) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    columns, comment = tables(database_url)
    assert columns
    assert "of procrastinate 3" in comment


def test_old_tables_are_brought_up_to_date(database_url: str, postgres: Any) -> None:
    migrations = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    old = [path for path in migrations if path.name < "03.01"]
    with psycopg.connect(conninfo(database_url)) as connection:
        for path in old:
            connection.execute(path.read_text("utf-8").encode())
        connection.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{old[-1].name} of procrastinate 3.0'".encode())
    apply_schema(database_url)
    upgraded = tables(database_url)
    fresh_url = postgres.create_database("fresh_jobs")
    try:
        apply_schema(fresh_url)
        assert upgraded == tables(fresh_url)
    finally:
        postgres.drop_database("fresh_jobs")


# -- the worker ----------------------------------------------------------------------------------------------

# A local voice that can be held up: it speaks when the file `go` is there, and notes each text.
SPEAKER = """
import sys, wave, math, struct, pathlib, time
folder, out, text = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
with (folder / "heard").open("a") as note: note.write(text + "\\n")
while not (folder / "go").exists(): time.sleep(0.02)
with wave.open(out, "wb") as w:
    w.setnchannels(1); w.setsampwidth(2); w.setframerate(8000)
    w.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(n / 5))) for n in range(3000)))
"""


class Worker:
    """The real process."""

    def __init__(self, url: str, folder: Path) -> None:
        self.log = (folder / "log").open("ab")
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "oklik.jobs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env=environment,
        )
        self.send(json.dumps({"database_url": url, "prompts": str(folder / "clips"), "poll_s": 0.2}))

    def send(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def said(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        assert select.select([self.process.stdout], [], [], LONG_S)[0], "it says nothing"
        return json.loads(self.process.stdout.readline())

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(LONG_S)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.log):
            assert stream is not None
            stream.close()


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    workers: list[Worker] = []

    def begin() -> Worker:
        workers.append(Worker(database_url, tmp_path))
        assert workers[-1].said()["ready"]
        return workers[-1]

    yield begin
    for worker in workers:
        worker.close()


def slow_voice(folder: Path) -> dict[str, Any]:
    script = folder / "speaker.py"
    script.write_text(SPEAKER)
    arguments = [sys.executable, str(script), str(folder), "{output}", "{text}"]
    return Voice(CommandVoice(arguments=arguments, languages={"ru": "x"}, timeout_s=120)).to_json()


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_the_worker_makes_the_prompts_of_a_launched_campaign(
    desk: Desk, start: Callable[[], Worker], tmp_path: Path
) -> None:
    from oklik.speech.engines.espeak import EspeakVoice

    worker = start()
    campaign = desk.campaign([person(1), person(2, Долг="много")], voice=Voice(EspeakVoice()).to_json())
    with desk.engine.begin() as connection:
        defer(connection, PREPARE_PROMPTS, campaign_id=campaign)
    until(lambda: "preparing" not in desk.states(), "the campaign must be prepared")
    assert desk.states() == ["waiting", "done"]
    assert len(list((tmp_path / "clips").glob("*.wav"))) >= 5
    assert worker.end(signal.SIGTERM) == 0


def test_what_a_killed_worker_left_is_taken_up_by_the_next(
    desk: Desk, start: Callable[[], Worker], tmp_path: Path
) -> None:
    campaign = desk.campaign([person(n) for n in range(3)], voice=slow_voice(tmp_path))
    with desk.engine.begin() as connection:
        defer(connection, PREPARE_PROMPTS, campaign_id=campaign)
    first = start()
    until((tmp_path / "heard").exists, "the first worker must begin")
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    assert set(desk.states()) == {"preparing"}
    (tmp_path / "go").touch()
    start()
    until(lambda: set(desk.states()) == {"waiting"}, "the next worker must go on at once")
    assert list((tmp_path / "clips").glob("tmp/*")) == []


def test_a_killed_worker_takes_the_voice_along_and_the_next_clears_up(
    desk: Desk, start: Callable[[], Worker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    campaign = desk.campaign([person(0)], voice=slow_voice(tmp_path))
    with desk.engine.begin() as connection:
        defer(connection, PREPARE_PROMPTS, campaign_id=campaign)
    first = start()
    until((tmp_path / "heard").exists, "the first worker must begin")
    speakers = [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if speaks(int(entry.name), tmp_path)]
    assert speakers
    first.end(signal.SIGKILL)
    until(lambda: not any(speaks(pid, tmp_path) for pid in speakers), "the voice must end with its worker")
    assert list(temporary.glob("oklik-voice-*")), "it had no time to tidy up"
    old = tmp_path / "clips" / "tmp" / "half.part"
    old.touch()
    os.utime(old, (0, 0))
    (tmp_path / "go").touch()
    start()
    until(lambda: desk.states() == ["waiting"], "the next worker must go on")
    assert list(temporary.glob("oklik-voice-*")) == []
    assert not old.exists()


def speaks(pid: int, folder: Path) -> bool:
    """Is this a process of the slow voice?"""
    try:
        return os.fsencode(folder / "speaker.py") in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_neither_texts_nor_keys_of_an_http_voice_come_into_the_log(
    desk: Desk, start: Callable[[], Worker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTS_KEY", "geheim")
    asked: list[str] = []
    body = b"RIFF" + struct.pack("<I", 8036) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    body += b"data" + struct.pack("<I", 8000) + b"\x00\x20\x00\xe0" * 2000

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            config = HttpVoice(
                url=f"http://127.0.0.1:{server.server_port}/",
                method="GET",
                query={"say": "{text}", "key": "${TTS_KEY}"},
                languages={"ru": "x"},
                local=True,
            )
            campaign = desk.campaign([person(0, Имя="Канарейкин")], voice=Voice(config).to_json())
            with desk.engine.begin() as connection:
                defer(connection, PREPARE_PROMPTS, campaign_id=campaign)
            worker = start()
            until(lambda: desk.states() == ["waiting"], "the campaign must be prepared")
            assert worker.end(signal.SIGTERM) == 0
        finally:
            server.shutdown()
            thread.join()
    assert any("key=geheim" in path for path in asked)
    told = (tmp_path / "log").read_text()
    assert "prompts of 1 contacts made" in told
    assert "geheim" not in told
    assert "127.0.0.1" not in told
    assert "Канарейкин" not in urllib.parse.unquote(told)


def test_a_job_of_a_dead_worker_is_given_back(desk: Desk, start: Callable[[], Worker]) -> None:
    with desk.engine.begin() as connection:
        defer(connection, PREPARE_PROMPTS, campaign_id=0)
        defer(connection, "oklik:retry_stalled", timestamp=0)
    # A worker took the first job and shows no life any more.
    desk.run(
        """WITH w AS (INSERT INTO procrastinate_workers (last_heartbeat)
                      VALUES (now() - make_interval(secs => :long)) RETURNING id)
           UPDATE procrastinate_jobs SET status = 'doing', worker_id = w.id FROM w WHERE task_name = :task""",
        long=STALLED_AFTER_S + 5,
        task=PREPARE_PROMPTS,
    )
    start()
    until(
        lambda: not [job for job in desk.jobs() if job.task_name == PREPARE_PROMPTS], "the job must be done in the end"
    )


@pytest.mark.parametrize("how", ["SIGTERM", "stdin"])
def test_the_worker_leaves_in_order_in_the_middle_of_work(
    how: str, desk: Desk, start: Callable[[], Worker], tmp_path: Path
) -> None:
    campaign = desk.campaign([person(n) for n in range(40)], voice=slow_voice(tmp_path))
    with desk.engine.begin() as connection:
        defer(connection, PREPARE_PROMPTS, campaign_id=campaign)
    worker = start()
    until((tmp_path / "heard").exists, "the worker must begin")
    if how == "stdin":
        assert worker.process.stdin is not None
        worker.process.stdin.close()
    else:
        worker.process.send_signal(signal.SIGTERM)
    # It is told to leave while the first batch is in hand: that one is finished, no other is begun.
    until(lambda: b"leave" in (tmp_path / "log").read_bytes(), "it must say that it leaves")
    (tmp_path / "go").touch()
    assert worker.process.wait(LONG_S) == 0
    assert desk.states() == ["waiting"] * 5 + ["preparing"] * 35


@pytest.mark.parametrize(
    ("line", "why"), [("{}", "database_url"), ("nonsense", "malformed"), ('{"database_url": "x", "extra": 1}', "extra")]
)
def test_wrong_settings_are_one_line_and_exit_code_2(line: str, why: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-m", "oklik.jobs"],
        input=line.encode() + b"\n",
        capture_output=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 2
    assert why in json.loads(done.stdout)["error"]


def test_a_database_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    settings = {"database_url": "postgresql://nobody:geheim@127.0.0.1:9/x", "prompts": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "oklik.jobs"],
        input=json.dumps(settings).encode() + b"\n",
        capture_output=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 1
    said = json.loads(done.stdout)["error"]
    assert "database" in said
    assert "geheim" not in said
