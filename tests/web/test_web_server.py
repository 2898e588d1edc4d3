"""How the web process listens, and what keeps one program from taking all of it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from oklik_web.rate import Rate
from oklik_web.server import listen
from oklik_web.settings import SettingsError, WebSettings, read_settings
from support.stage import Process

pytestmark = pytest.mark.integration


def test_connections_answer_at_once() -> None:
    """Without this option of the listening socket a kept-alive connection waits 40 ms for each small answer."""
    listener = listen("127.0.0.1", 0)
    with socket.create_connection(listener.getsockname()[:2], timeout=5):
        accepted, _ = listener.accept()
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        accepted.close()
    listener.close()


def test_it_is_this_machine_only_unless_told_otherwise() -> None:
    assert WebSettings().host == "127.0.0.1"


def test_what_it_is_told_is_checked() -> None:
    assert read_settings(b'{"port": 1}').port == 1
    for wrong in (b"", b"{", b'{"port": "x"}'):
        with pytest.raises(SettingsError):
            read_settings(wrong)


def test_so_many_in_any_rolling_time() -> None:
    now = [0.0]
    rate = Rate(3, 5.0, lambda: now[0])
    assert [rate.wait_s(1) for _ in range(4)] == [0.0, 0.0, 0.0, 5.0]
    now[0] = 4.0
    assert rate.wait_s(1) == 1.0
    assert rate.wait_s(2) == 0.0, "each key has its own"
    now[0] = 5.0
    assert [rate.wait_s(1) for _ in range(4)] == [0.0, 0.0, 0.0, 5.0]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A web process without a database: what is tested here comes before it."""
    told = {"database_url": "postgresql://127.0.0.1:1/none", "port": 0, "silent_s": 0.5, "body_bytes": 1000}
    process = Process(["oklik_web"], tmp_path / "web.log", told)
    yield process.said["host"], process.said["port"]
    process.signal(15)
    assert process.wait(20) == 0
    process.end()


def test_who_falls_silent_is_hung_up_on(server: tuple[str, int]) -> None:
    """Else a few clients that send a byte now and then would take every place."""
    for said in (
        b"",
        b"GET /api/v1/health HT",
        b"POST /api/v1/proof HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
    ):
        with socket.create_connection(server, timeout=30) as client:
            client.sendall(said)
            while client.recv(1000):
                pass


def test_the_process_says_what_is_wrong_as_the_application_does(server: tuple[str, int]) -> None:
    def ask(request: bytes) -> bytes:
        with socket.create_connection(server, timeout=30) as client:
            client.sendall(request)
            answer = b""
            while part := client.recv(1000):
                answer += part
            return answer

    assert b" 404 " in ask(b"GET /nothing HTTP/1.0\r\n\r\n")
    assert b" 503 " in ask(b"GET /api/v1/health HTTP/1.0\r\n\r\n"), "there is no database"
    long = b"POST /api/v1/nothing HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 9999999\r\n\r\n"
    assert b" 404 " in ask(long), "nothing of it is read"
