"""Every secret of an installation is a canary; whatever it does and whatever fails, none of them is written anywhere.

They go through a switch and a speech service and a CRM that answer with what they were told, a database that cuts its
connections, wrong tokens and passwords; then all logs, all that was said, the audit, command lines and a backup are
searched.  Numbers of the people who are called are in none of the logs either.
"""

import base64
import json
import re
import secrets
import signal
import threading
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from sqlalchemy import text
from sqlalchemy.engine import make_url

from cli.test_up import put, state
from oklik.store.engine import make_engine, normal_url
from patched.people import talkers
from support import stage
from support.command import SCENARIO, Desk, Ended, Workshop, begin, end, processes, web_address
from support.patience import until

pytestmark = [pytest.mark.integration, pytest.mark.heavy]
VOICES = """\
voices:
  - kind: http
    name: echo
    local: true
    url: http://127.0.0.1:{port}/speak
    headers: {{Authorization: "Bearer ${{CANARY_SPEECH}}"}}
    query: {{key: "${{CANARY_SPEECH}}"}}
    json: {{text: "{{text}}"}}
    audio: wav
    languages: {{ru: x}}
  - kind: espeak
    name: espeak
    languages: {{ru: ru}}
"""
ASKING = SCENARIO.replace(
    "  bye:\n",
    """\
  ask:
    kind: request
    method: GET
    url: http://127.0.0.1:PORT/crm
    credential: crm
    exits: {ok: bye, failed: bye}
  bye:
""",
).replace("{end: bye, no_input: bye}", "{end: ask, no_input: ask}")


class Canaries(dict[str, str]):
    """Secrets by what they are for."""

    def new(self, name: str) -> str:
        self[name] = f"canary-{name}-{secrets.token_hex(8)}"
        return self[name]

    def in_text(self, found: bytes) -> list[str]:
        """Those that are there, as they are or in a form that anybody reads."""
        return [
            name
            for name, value in self.items()
            for form in (
                value,
                urllib.parse.quote(value),
                base64.b64encode(value.encode()).decode().rstrip("="),
                value[7:],
            )
            if form.encode() in found
        ]


class Echo(BaseHTTPRequestHandler):
    """A service that fails and says back what it was told, as debug pages do."""

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, "headers": dict(self.headers.items())}).encode()
        self.send_response(500)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  the library's name

    def log_message(self, *_: object) -> None:
        """Not here."""


@pytest.fixture
def echo() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def place(desk: Desk) -> Iterator[tuple[str, Canaries]]:
    """A database of its own whose owner has a canary for a password."""
    canaries = Canaries()
    url = make_url(desk.server.create_database("canaries"))
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE canary SUPERUSER LOGIN PASSWORD '{canaries.new('database')}'"))
    engine.dispose()
    bare = url._replace(username="canary", password=None)  # set() takes None for "as it was"
    given = bare.update_query_dict({"password": canaries["database"]}).render_as_string(hide_password=False)
    yield given, canaries
    desk.server.drop_database("canaries")
    engine = make_engine(desk.server.url(), pool_size=1)
    with engine.begin() as connection:
        connection.execute(text("DROP ROLE canary"))
    engine.dispose()


def asked(url: str, *, data: bytes | None = None, **headers: str) -> bytes:
    """The answer, a refusal too."""
    request = urllib.request.Request(url, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        return error.read()


class Office:
    """An installation whose every secret is a canary.  said: what its commands have said."""

    def __init__(
        self, desk: Desk, url: str, canaries: Canaries, *, echo: int, folder: Path, workshop: Workshop
    ) -> None:
        self.desk, self.url, self.canaries, self.folder = desk, url, canaries, folder
        self.logs = desk.home / "logs"
        self.said: list[Ended] = []
        self.numbers: list[str] = []  # of people who were called
        self._workshop = workshop
        (folder / "voices.yaml").write_text(VOICES.format(port=echo), "utf-8")
        (folder / "population.yaml").write_text(yaml.safe_dump(talkers()), "utf-8")
        (folder / "files").mkdir()
        (folder / "files" / "scenario.yaml").write_text(ASKING.replace("PORT", str(echo)), "utf-8")
        arguments = ["oklik.telephony.virtual", "--listen", "127.0.0.1:0", "--speed", "1", "--with-parent"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(stage.ENVIRONMENT, "OKLIK_SWITCH_PASSWORD", canaries.new("switch"))
            self.switch = stage.Process(
                [*arguments, "--population", str(folder / "population.yaml")], folder / "switch.log"
            )
        self.environment = {
            "OKLIK_DATABASE_URL": url,
            "OKLIK_NODE": "canaries",
            "OKLIK_SWITCH": f"esl://{self.switch.said['host']}:{self.switch.said['port']}",
            "OKLIK_SWITCH_PASSWORD": canaries["switch"],
            "OKLIK_VOICES": str(folder / "voices.yaml"),
            "OKLIK_REQUEST_HOSTS": f"http://127.0.0.1:{echo}",
            "OKLIK_CREDENTIAL_CRM": f"Bearer {canaries.new('credential')}",
            "OKLIK_GATEWAY_PASSWORD": canaries.new("carrier"),
            "CANARY_SPEECH": canaries.new("speech"),
        }

    def run(self, *words: object, **more: str) -> Ended:
        """A command."""
        self.said.append(self._workshop.command(*words, home=self.desk.home, **self.environment | more))
        return self.said[-1]

    def set_up(self) -> None:
        """Tables, a token, the key of the cookies, the switch's files."""
        assert self.run("db", "upgrade").code == 0
        made = self.run("token", "create", "crm", "--scope", "stoplist:write")
        self.said.pop()  # shown once, where it is made
        self.canaries["token"] = made.out.strip().splitlines()[-1]
        engine = make_engine(self.url, pool_size=1)
        with engine.begin() as connection:
            key = self.canaries.new("web")
            connection.execute(text("INSERT INTO web_key (id, value) VALUES (1, :value)"), {"value": key})
        engine.dispose()
        gateway = ("--gateway", "pstn=sip.example.org", "--gateway-user", "u", "--sip-ip", "10.0.0.1")
        assert self.run("switch-conf", self.folder / "conf", *gateway).code == 0
        self.canaries["event socket"] = (self.folder / "conf" / "local" / "password").read_text().strip()

    def go_wrong(self) -> None:
        """What is wrong is told of, and not by showing it."""
        self.run("doctor")
        self.run("doctor", "--json")
        self.run("scenario", "check", self.folder / "files" / "scenario.yaml")
        wrong = normal_url(self.url).set(password=self.canaries.new("wrong-database"))
        given = wrong.render_as_string(hide_password=False)
        away = "host=127.0.0.1&port=1"
        refused = [
            self.run("up", OKLIK_SWITCH_PASSWORD=self.canaries.new("wrong-switch")),
            self.run("up", OKLIK_DATABASE_URL=given),
            self.run("backup", self.folder / "no.zip", OKLIK_DATABASE_URL=given),
            self.run("up", OKLIK_DATABASE_URL=f"postgresql://u:{self.canaries.new('nonsense')}@@@/x?y"),
            self.run("up", OKLIK_DATABASE_URL=f"postgresql://u:x@{self.canaries.new('after-an-at')}@127.0.0.1:1/x"),
            self.run("up", OKLIK_DATABASE_URL=f"postgresql://u@/x?{away}&password={self.canaries.new('as-parameter')}"),
            self.run("up", OKLIK_DATABASE_URL=f"postgresql://u@/x?{away}&pasword={self.canaries.new('misspelled')}"),
            self.run("up", OKLIK_DATABASE_URL=f"postgresql://u@/x?{away}&sslpassword={self.canaries.new('of-a-key')}"),
            self.run("up", OKLIK_SWITCH=f"esl://:{self.canaries.new('in-address')}@127.0.0.1:1"),
            self.run("up", OKLIK_WEB=self.canaries.new("in-another-variable")),
        ]
        assert {(one.code != 0, len(one.err) >= 1) for one in refused} == {(True, True)}

    def ask(self, where: str) -> None:
        """The pages and the API, with right and wrong ways in."""
        bearer, secret = f"Bearer {self.canaries['token']}", self.canaries
        asked(f"{where}api/v1/stoplist", Authorization=bearer)
        asked(f"{where}api/v1/stoplist", data=b"{", Authorization=bearer)
        asked(f"{where}api/v1/nothing?token={secret['token']}", Authorization=bearer)
        asked(f"{where}api/v1/stoplist", Authorization=f"Bearer {secret.new('wrong-token')}")
        form = urllib.parse.urlencode({"login": "admin", "password": secret.new("user")}).encode()
        asked(f"{where}login", data=form)
        asked(f"{where}login?password={secret['user']}")

    def work(self) -> dict[str, bytes]:
        """Calls, requests, cut connections, a switch that is gone; gives what is to be searched."""
        running = begin("up", home=self.desk.home, **self.environment)
        engine = make_engine(self.url, pool_size=2)
        try:
            where = until(lambda: web_address(self.desk.home), "the pages")
            desk = Desk(self.desk.home, self.folder / "files", self.desk.server)
            campaign = put(engine, desk, desk.people(3, first=34))
            until(lambda: state(engine, campaign) == "done", "the campaign is done")
            lines = "".join(processes(self.desk.home).values())
            self.ask(where)
            with engine.connect() as connection:  # all at once, amid what they do
                connection.execute(text(CUT))
            self.switch.end()
            until(lambda: b"switch" in all_of(self.logs), "the dialer says so")
            self.run("backup", self.folder / "backup.zip")
            with engine.connect() as connection:
                audit = connection.execute(text("SELECT CAST(a AS text) FROM audit_entry a")).scalars().all()
                called = connection.execute(text("SELECT DISTINCT number FROM call")).scalars().all()
                self.numbers = [str(number) for number in called]
                facts = connection.execute(text("SELECT CAST(s AS text) FROM step s")).scalars().all()
            running.send_signal(signal.SIGTERM)
        except BaseException:
            running.kill()
            raise
        finally:
            engine.dispose()
        self.said.append(end(running))
        assert audit
        assert facts
        with zipfile.ZipFile(self.folder / "backup.zip") as file:
            packed = [file.read(name) for name in file.namelist()]
        return {
            "logs": all_of(self.logs),
            "audit": "\n".join(audit).encode(),
            "facts": "\n".join(facts).encode(),
            "command lines": lines.encode(),
            "backup": b"\n".join(packed),
            "the switch's log": (self.folder / "switch.log").read_bytes(),
        }


CUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE usename = 'canary' AND pid <> pg_backend_pid()"""


def test_no_secret_is_written_anywhere(
    desk: Desk, place: tuple[str, Canaries], echo: int, tmp_path: Path, workshop: Workshop
) -> None:
    url, canaries = place
    office = Office(desk, url, canaries, echo=echo, folder=tmp_path, workshop=workshop)
    for log in office.logs.glob("*"):
        log.unlink()
    try:
        office.set_up()
        office.go_wrong()
        places = office.work()
    finally:
        with suppress(ValueError):
            office.switch.end()
    said = [*(one.out for one in office.said), *("\n".join(one.err) for one in office.said)]
    places["output"] = "\n".join(said).encode()
    assert len(canaries) == 19
    assert all(name in canaries.in_text(b"x" + value.encode() + b"x") for name, value in canaries.items())
    assert {name: canaries.in_text(found) for name, found in places.items() if canaries.in_text(found)} == {}
    assert re.search(rb"(?i)error|cut|away", places["logs"])  # there was something to tell
    assert len(office.numbers) == 3
    assert [number for number in office.numbers if number[2:].encode() in places["logs"]] == []


def all_of(folder: Path) -> bytes:
    return b"\n".join(one.read_bytes() for one in folder.iterdir())
