"""`oklik web`: the API in a process of its own, as a program meets it: over a socket, with a token from the command."""

import re
import signal
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from support.command import Desk, Ended, Workshop, begin, child, end, processes
from support.patience import until

pytestmark = pytest.mark.integration

CODE = re.compile("Одноразовый код: ([A-Z2-9]{5}-[A-Z2-9]{5})")
PAGES = re.compile(r"(https://127\.0\.0\.1:\d+)/")
AT = re.compile(r"API: (http://127\.0\.0\.1:(\d+)/api/v1)")


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    """An empty database on the session's server."""
    yield desk.server.create_database("web")
    desk.server.drop_database("web")


@pytest.mark.heavy
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


@pytest.mark.heavy
def test_the_first_admin_comes_in_over_https_with_the_code_that_up_shows(
    desk: Desk, url: str, workshop: Workshop, tmp_path: Path
) -> None:
    def user(*words: str) -> Ended:
        return workshop.command("user", *words, home=tmp_path, OKLIK_DATABASE_URL=url)

    running = begin("web", "--tls", home=tmp_path, OKLIK_DATABASE_URL=url)
    try:
        told = ""
        assert running.stderr is not None
        while not (code := CODE.search(told)):
            line = running.stderr.readline()
            assert line, told
            told += line
        at = PAGES.search(told)
        assert at
        assert user("list").out.startswith("пользователей нет")
        trusted = ssl.create_default_context(cafile=str(tmp_path / "tls" / "certificate.pem"))
        with httpx.Client(base_url=at[1], verify=trusted) as client:
            page = client.get("/", follow_redirects=True)
            assert page.url.path == "/first-admin"
            token = re.search('name="csrf_token" value="([^"]+)"', page.text)
            assert token
            password = "a long phrase of mine"
            form = {"csrf_token": token[1], "code": code[1], "name": "Анна", "login": "anna"}
            form |= {"password": password, "again": password}
            made = client.post("/first-admin", data=form, headers={"Referer": str(page.url)})
            assert made.status_code == 303, made.text
            assert "Secure" in made.headers["set-cookie"]
            assert "Анна" in client.get("/profile").text
        assert user("list").out == "anna: Анна (admin)\n"
        assert user("code").code == 2, "there is an admin"
        assert re.fullmatch(r"/password/[\w-]{43}\n", user("link", "anna").out)
        assert (user("link", "boris").code, len(user("link", "boris").err)) == (2, 1)
        running.send_signal(signal.SIGTERM)
        assert end(running).code == 0
    except BaseException:
        running.kill()
        raise
    log = (tmp_path / "logs" / "web.log").read_text("utf-8")
    assert code[1] not in log
    assert password not in log


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
