"""What pages.py runs beside itself: `oklik up` on a virtual switch, a browser that is signed in, people who watch."""

import http.client
import json
import os
import re
import selectors
import socket
import subprocess
import sys
import threading
import time
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import yaml
from sqlalchemy import Engine, text

PASSWORD = "bench-password-of-some-length"  # noqa: S105  of a switch that is thrown away
PEOPLE = {
    "outcomes": {"answer": 1}
    | dict.fromkeys(("no_answer", "busy", "unreachable", "invalid", "machine", "rejected", "line_fault"), 0),
    "ring_s": [3, 12],
    "personas": {"cooperative": {"share": 1, "think_s": [1.0, 3.0]}},
    "answers": {"[0-9]": {"5": 1, "4": 1, "3": 1}},
}


class House:
    """A virtual switch and `oklik up` beside it.  address: of its pages."""

    def __init__(self, folder: Path, url: str) -> None:
        people = folder / "people.yaml"
        people.write_text(yaml.safe_dump(PEOPLE), "utf-8")
        said = ["--listen", "127.0.0.1:0", "--population", str(people), "--with-parent"]
        self.switch = self._start(["oklik.telephony.virtual", *said], {})
        told = json.loads(self._line(self.switch))
        environment = {
            "OKLIK_HOME": str(folder),
            "OKLIK_DATABASE_URL": url,
            "OKLIK_WEB": "127.0.0.1:0",
            "OKLIK_SWITCH": f"esl://{told['host']}:{told['port']}",
            "OKLIK_LANGUAGE": "en",
        }
        self.up = self._start(["oklik", "up"], environment)
        found = None
        while found is None:
            found = re.search(r"http://([\d.]+:\d+)", self._line(self.up))
        self.address = found[1]
        for child in (self.switch, self.up):
            threading.Thread(target=lambda child=child: list(child.stdout), daemon=True).start()

    def _start(self, arguments: list[str], more: dict[str, str]) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "OKLIK_SWITCH_PASSWORD": PASSWORD, **more},
        )

    def _line(self, child: "subprocess.Popen[str]") -> str:
        assert child.stdout is not None
        line = child.stdout.readline()
        if not line:
            sys.exit("a process ended before it was ready")
        return line

    def process(self, module: str) -> int:
        """The number of the child of `oklik up` that runs this module."""
        for path in Path("/proc").glob("[0-9]*"):
            try:
                words = (path / "cmdline").read_bytes().split(b"\0")
                parent = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            if parent == self.up.pid and module.encode() in words:
                return int(path.name)
        raise LookupError(module)

    def end(self) -> None:
        """End both."""
        self.up.terminate()
        try:
            self.up.wait(90)
        except subprocess.TimeoutExpired:
            self.up.kill()
        assert self.switch.stdin is not None
        self.switch.stdin.close()
        self.switch.wait(10)


def cpu_s(process: int) -> float:
    """Seconds of CPU that all threads of a process have used; 0 when it is gone."""
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    except OSError:
        return 0.0


def resident_mb(process: int) -> float:
    """Megabytes of memory that a process holds."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def backends(engine: Engine, application: str) -> list[int]:
    """The server's processes that serve an application."""
    with engine.connect() as conn:
        asked = text("SELECT pid FROM pg_stat_activity WHERE application_name = :name")
        return list(conn.execute(asked, {"name": application}).scalars())


class Window:
    """A browser that is signed in; one connection, kept."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._line = http.client.HTTPConnection(address, timeout=120)
        self._cookies: dict[str, str] = {}
        self._token = ""
        self.held_back = 0.0
        """Seconds for which it was told to wait, as it asks more than a person does."""

    def sign_in(self, login: str, password: str) -> None:
        """Through the page."""
        self._keep_token(self.ask("GET", "/login")[1])
        form = urlencode({"csrf_token": self._token, "login": login, "password": password})
        status, _ = self.ask("POST", "/login", form.encode(), "application/x-www-form-urlencoded")
        if status not in {http.client.SEE_OTHER, http.client.FOUND}:
            sys.exit(f"nobody was let in: {status}")
        self._keep_token(self.ask("GET", "/lists")[1])

    def _keep_token(self, page: bytes) -> None:
        found = re.search(rb'name="csrf-token" content="([^"]+)"', page)
        assert found, "a page without a token"
        self._token = found[1].decode()

    @property
    def cookie(self) -> str:
        """What the browser sends."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        """Send a request; gives status and body.  When told to wait, does so and asks again."""
        headers = {"Cookie": self.cookie, "Accept-Encoding": "gzip"}
        if body is not None:
            headers |= {"Content-Type": kind, "X-CSRF-Token": self._token, "HX-Request": "true"}
        while True:
            try:
                self._line.request(method, path, body, headers)
                answer = self._line.getresponse()
            except http.client.RemoteDisconnected:  # nothing was asked for too long
                self._line.close()
                continue
            told = answer.read()
            for given in answer.headers.get_all("Set-Cookie") or []:
                self._cookies |= {name: one.value for name, one in SimpleCookie(given).items()}
            if answer.status != http.client.TOO_MANY_REQUESTS:
                return answer.status, told
            told_to_wait = int(answer.headers.get("Retry-After", "1"))
            time.sleep(told_to_wait)
            self.held_back += told_to_wait


class Watchers:
    """Connections that read a stream of events."""

    def __init__(self, address: str, path: str, cookie: str, many: int) -> None:
        host = urlsplit(f"//{address}")
        self.events = self.bytes = 0
        self._selector = selectors.DefaultSelector()
        self._sockets = []
        asked = f"GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\r\n".encode()
        for _ in range(many):
            one = socket.create_connection((host.hostname or "", host.port or 0), timeout=60)
            one.sendall(asked)
            one.setblocking(False)
            self._selector.register(one, selectors.EVENT_READ)
            self._sockets.append(one)
        self._over = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while not self._over:
            for key, _ in self._selector.select(0.5):
                held: Any = key.fileobj
                data = held.recv(1 << 16)
                if not data:
                    self._selector.unregister(held)
                self.bytes += len(data)
                self.events += data.count(b"data: ")

    def close(self) -> None:
        """Go, all of them."""
        self._over = True
        self._reader.join()
        for one in self._sockets:
            one.close()
        self._selector.close()
