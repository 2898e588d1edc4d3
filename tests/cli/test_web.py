"""`oklik web`: the API in a process of its own, as a program meets it: over a socket, with a token from the command."""

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from support.command import Desk, Workshop, begin, child, end, processes
from support.patience import until

pytestmark = pytest.mark.integration

AT = re.compile(r"API: (http://127\.0\.0\.1:(\d+)/api/v1)")


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    """An empty database on the session's server."""
    yield desk.server.create_database("web")
    desk.server.drop_database("web")


def test_a_program_puts_a_number_on_the_stop_list_over_http(desk: Desk, url: str, workshop: Workshop) -> None:
    made = workshop.command(
        "token", "create", "crm", "--scope", "stoplist:read, stoplist:write", home=desk.home, OKLIK_DATABASE_URL=url
    )
    assert made.code == 0, made.err
    token = made.out.strip()
    assert re.fullmatch(r"oklik_[\w-]{43}", token)
    running = begin("web", home=desk.home, OKLIK_DATABASE_URL=url)
    try:
        told = ""
        assert running.stderr is not None
        while not (found := AT.search(told)):
            line = running.stderr.readline()
            assert line, told
            told += line
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
        with httpx.Client(base_url=found[1], headers=headers) as client:
            assert client.get("/health").json()["status"] == "ok"
            assert client.post("/stop-list/add", json={"numbers": ["89160000001"]}).json()["added"] == ["+79160000001"]
            for _ in range(3):
                assert client.post("/stop-list/check", json={"number": "89160000001"}).json()["silent"] is True
            assert client.post("/proof", json={"number": "89160000001"}).status_code == 403
        assert httpx.get(f"{found[1]}/campaigns").status_code == 401
        check = workshop.command("stoplist", "check", "8 916 000-00-01", home=desk.home, OKLIK_DATABASE_URL=url)
        assert "в стоп-листе, не звоним" in check.out
        assert "token:crm" in check.out
        web = child(desk.home, "oklik_web")
        assert web is not None
        assert token not in "".join(processes(desk.home).values())
        log = (desk.home / "logs" / "web.log").read_text("utf-8")
        assert "POST /api/v1/stop-list/check 200" in log
        assert token not in log
        assert "9160000001" not in log
        running.send_signal(signal.SIGTERM)
        assert end(running).code == 0
    except BaseException:
        running.kill()
        raise
    assert child(desk.home, "oklik_web") is None


def test_an_address_that_is_taken_is_one_line(desk: Desk, url: str, workshop: Workshop) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = workshop.command("web", "--port", port, home=desk.home, OKLIK_DATABASE_URL=url)
    assert ended.code == 2
    assert f"127.0.0.1:{port}" in ended.err[-1]


def test_a_wrong_setting_is_named(desk: Desk, workshop: Workshop) -> None:
    for wrong in ("8020", "127.0.0.1:99999", ":1"):
        ended = workshop.command("web", home=desk.home, OKLIK_WEB=wrong)
        assert (ended.code, ended.err) == (2, ["oklik: OKLIK_WEB: нужно АДРЕС:ПОРТ, например 127.0.0.1:8020, или off"])


def test_up_serves_the_api_beside_everything_else(desk: Desk, url: str) -> None:
    running = begin("up", home=desk.home, OKLIK_DATABASE_URL=url, OKLIK_NODE="webnode")
    try:
        until(lambda: child(desk.home, "oklik_web"), "a web process")
        running.send_signal(signal.SIGTERM)
    except BaseException:
        running.kill()
        raise
    ended = end(running)
    assert ended.code == 0, ended.err
    assert any(AT.match(line) for line in ended.err), ended.err
    assert processes(desk.home) == {}
