"""Requests to a real server on this machine, which has all the bad manners that a server can have."""

import json
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest
from gevent.server import StreamServer

from oklik.outside.client import MAX_ANSWER, Outside
from oklik.outside.hosts import AllowedHosts
from oklik.scenario.flow import Request, Responded
from support.patience import enough, in_time

GOOD = b'{"client": {"balance": 1500.50, "tags": ["a", "b"]}, "status": "active"}'


def raw(head: str, body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Server:
    """Answers every connection with bytes; `answer` may also be told to drip, to hang or to hang up."""

    def __init__(self, **ssl_args: Any) -> None:
        self.answer: bytes | None = raw("200 OK", GOOD)
        self.drip_s = 0.0
        self.requests: list[bytes] = []
        self.connections = 0
        self._server = StreamServer(("127.0.0.1", 0), self._serve, **ssl_args)
        self._server.start()
        self.port = int(self._server.server_port)

    def _serve(self, sock: Any, _: object) -> None:
        self.connections += 1
        buffer = b""
        while True:
            while b"\r\n\r\n" not in buffer or len(buffer) < self._length(buffer):
                try:
                    data = sock.recv(65536)
                except OSError:
                    return
                if not data:
                    return
                buffer += data
            self.requests.append(buffer)
            buffer = b""
            if self.answer is None:
                gevent.sleep(60)
            try:
                for place in range(0, len(self.answer), 1 if self.drip_s else 65536):
                    sock.sendall(self.answer[place : place + (1 if self.drip_s else 65536)])
                    gevent.sleep(self.drip_s)
            except OSError:
                return
            if b"close" in self.answer:
                sock.close()
                return

    def _length(self, buffer: bytes) -> int:
        head, _, _ = buffer.partition(b"\r\n\r\n")
        lines = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        return len(head) + 4 + (int(lines[0].split(b":")[1]) if lines else 0)

    def stop(self) -> None:
        self._server.stop()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.stop()


CLIENTS: list[Outside] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while CLIENTS:
        CLIENTS.pop().close()


def client_of(hosts: str, **more: Any) -> Outside:
    CLIENTS.append(Outside(AllowedHosts.read(hosts), **{"secrets": {}, **more}))
    return CLIENTS[-1]


def outside(server: Server, **more: Any) -> Outside:
    secrets = {"OKLIK_CREDENTIAL_CRM": "Bearer s3cret"}
    return client_of(f"http://localhost:{server.port}", **{"secrets": secrets, **more})


def request(server: Server, path: str = "/balance", **more: Any) -> Request:
    wanted = {"balance": "client.balance", "status": "status", "none": "client.phone", "list": "client.tags"}
    usual = {"method": "POST", "url": f"http://localhost:{server.port}{path}", "body": '{"a":1}', "timeout_s": 60.0}
    return Request(node="n", **{**usual, "wanted": wanted, **more})


def ask(server: Server, sent: Request | None = None, **more: Any) -> Responded:
    return outside(server, **more).send(sent or request(server), key="k-1")


def test_a_good_answer_gives_the_values_that_are_wanted(server: Server) -> None:
    assert ask(server) == Responded(ok=True, status=200, values={"balance": "1500.50", "status": "active"})
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /balance HTTP/1.1"
    assert {
        f"Host: localhost:{server.port}",
        "Idempotency-Key: k-1",
        "Content-Type: application/json",
        "Accept-Encoding: identity",
        "Content-Length: 7",
    } <= set(lines)
    assert body == b'{"a":1}'


def test_a_rehearsal_and_a_credential_are_told_in_headers(server: Server) -> None:
    sent = request(server, credential="crm", credential_header="X-Token", headers={"X-City": "%D0%9E"})
    assert outside(server).send(sent, key="k", rehearsal=True).ok
    assert {b"Oklik-Rehearsal: 1", b"X-Token: Bearer s3cret", b"X-City: %D0%9E"} <= set(
        server.requests[0].split(b"\r\n")
    )


def test_without_a_body_and_without_wishes_any_good_answer_will_do(server: Server) -> None:
    server.answer = b"HTTP/1.1 204 No Content\r\n\r\n"
    sent = request(server, path="/done?a=%20b", method="GET", body=None, wanted={})
    assert ask(server, sent) == Responded(ok=True, status=204)
    assert server.requests[0].startswith(b"GET /done?a=%20b HTTP/1.1\r\n")
    assert b"content-type" not in server.requests[0].lower()


BAD: dict[str, tuple[bytes, int, str]] = {
    "refused": (raw("403 Forbidden", GOOD), 403, "the answer is 403: it refuses"),
    "broken": (raw("500 Oops", GOOD), 500, "the answer is 500: it refuses"),
    "redirected": (
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
        302,
        "the answer is 302: it redirects, which is not followed",
    ),
    "no JSON": (raw("200 OK", b"<html>"), 200, "the answer is no JSON"),
    "nothing": (raw("200 OK"), 200, "the answer is no JSON"),
    "not a number": (raw("200 OK", b'{"a": NaN}'), 200, "the answer is no JSON"),
    "a number without end": (raw("200 OK", b"9" * 10_000), 200, "the answer is no JSON"),
    "deep": (raw("200 OK", b"[" * 100_000 + b"]" * 100_000), 200, "the answer is nested too deeply"),
    "no UTF-8": (raw("200 OK", b'"\xff\xfe\xfa"'), 200, "the answer is no JSON"),
    "compressed": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        200,
        "the answer is compressed, which was not asked for",
    ),
    "huge": (raw("200 OK", b" " * (MAX_ANSWER + 1)), 200, "the answer is larger than 256 KB"),
    "endless": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%b" % ((b"10000\r\n%65536b\r\n" % b"") * 10),
        200,
        "the answer is larger than 256 KB",
    ),
    "no HTTP": (b"220 smtp.example.com close\r\n\r\n", 0, "localhost broke the connection: RemoteProtocolError"),
    "cut short": (
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 100\r\n\r\n{",
        0,
        "localhost broke the connection",
    ),
    "huge headers": (b"HTTP/1.1 200 OK\r\nA: " + b"a" * 300_000, 0, "localhost broke the connection"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_answer_is_a_failure_and_says_why(server: Server, case: str) -> None:
    server.answer, status, fault = BAD[case]
    answer = ask(server)
    assert (answer.ok, answer.values, answer.status) == (False, {}, status)
    assert answer.fault.startswith(fault)


def test_values_of_another_shape_are_left_out(server: Server) -> None:
    server.answer = raw("200 OK", b'{"client": [1, 2], "status": {"a": 1}}')
    assert ask(server) == Responded(ok=True, status=200)


@pytest.mark.seconds
@pytest.mark.parametrize("drip_s", [0.0, 0.05])
def test_the_time_holds_for_the_whole_and_others_go_on(server: Server, drip_s: float) -> None:
    """Silent, and a byte now and then: each byte comes well within the time, the whole does not."""
    server.answer, server.drip_s = (raw("200 OK", GOOD) if drip_s else None), drip_s
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        while True:
            gevent.sleep(0.01)
            ticks += 1

    other = gevent.spawn(tick)
    began = time.monotonic()
    answer = ask(server, request(server, timeout_s=1.0))
    spent = time.monotonic() - began
    other.kill()
    assert answer == Responded(ok=False, fault="no answer within 1 s")
    assert spent > 0.9
    in_time(spent, 5)
    enough(ticks, 10)


def test_a_connection_is_used_again_and_never_after_a_cut(server: Server) -> None:
    client = outside(server)
    for _ in range(3):
        assert client.send(request(server), key="k").ok
    assert server.connections == 1
    server.answer = None
    assert not client.send(request(server, timeout_s=0.2), key="k").ok
    server.answer = raw("200 OK", GOOD)
    assert client.send(request(server), key="k").ok
    assert server.connections == 2


@pytest.mark.seconds
def test_a_hundred_requests_wait_side_by_side(server: Server) -> None:
    server.answer, server.drip_s = raw("200 OK", b"{}"), 0.005
    client = outside(server)
    began = time.monotonic()
    calls = [gevent.spawn(client.send, request(server, timeout_s=120.0), key=str(n)) for n in range(60)]
    gevent.joinall(calls)
    assert all(call.value.ok for call in calls)
    in_time(time.monotonic() - began, 15, "one after the other they would take half a minute")


# -- where nothing may be asked -----------------------------------------------------------------------------------


def test_only_hosts_of_the_setting_are_asked(server: Server) -> None:
    for url in (
        f"https://localhost:{server.port}/",
        f"http://127.0.0.1:{server.port}/",
        f"http://localhost.:{server.port}/",
        "http://localhost/",
    ):
        assert ask(server, request(server, url=url)).fault.endswith("is not among the hosts that may be asked")
    for url in (
        f"http://localhost:{server.port}@evil.example/",
        f"http://u:p@localhost:{server.port}/",
        "http://localhost:99999/",
        "file:///etc/passwd",
        f"http://localhost:{server.port}/a b",
        f"http://localhost:{server.port}/я",
    ):
        assert ask(server, request(server, url=url)).fault in {
            "the address cannot be read",
            "http://evil.example:80 is not among the hosts that may be asked",
        }
    assert server.connections == 0


def test_a_name_that_leads_into_the_house_is_not_followed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its port in the setting a host is a public one."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", server.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    client = client_of("public.example")
    answer = client.send(request(server, url="https://public.example/"), key="k")
    assert answer.fault == "public.example lives at an address that may not be asked"
    assert server.connections == 0


def test_proxies_of_the_environment_are_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ask(server).ok


def test_nobody_there() -> None:
    server = Server()
    server.stop()
    assert ask(server).fault == "localhost cannot be reached: Connection refused"


def test_a_credential_that_is_not_there_is_named_and_a_bad_one_is_not_told(server: Server) -> None:
    sent = request(server, credential="other")
    assert ask(server, sent).fault == "OKLIK_CREDENTIAL_OTHER is not set"
    answer = ask(server, request(server, credential="crm"), secrets={"OKLIK_CREDENTIAL_CRM": "a\r\nb: s3cret"})
    assert answer.fault == "a header holds what no header can hold"
    assert ask(server, request(server, headers={"X": "a\r\nb: c"})).fault == answer.fault
    assert server.connections == 0


# -- encryption ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here to make a certificate")
    folder = tmp_path_factory.mktemp("certificate")
    kind = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    name = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    subprocess.run(
        [openssl, "req", *kind, *name, "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True,
        capture_output=True,
    )
    return folder


def test_a_certificate_must_be_trusted_and_of_this_name(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server = Server(ssl_context=context)
    try:
        for host, ca_file, fault in (
            ("localhost", certificate / "cert.pem", ""),
            ("localhost", None, "self-signed certificate"),
            ("127.0.0.1", certificate / "cert.pem", "IP address mismatch"),
        ):
            client = client_of(f"{host}:{server.port}", ca_file=ca_file)
            answer = client.send(request(server, url=f"https://{host}:{server.port}/"), key="k")
            assert answer.ok == (not fault)
            assert fault in answer.fault
    finally:
        server.stop()


def test_a_file_without_certificates_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.touch()
    with pytest.raises((OSError, ssl.SSLError)):
        Outside(AllowedHosts(), ca_file=empty)


def test_json_is_taken_apart_beside_the_loop(server: Server) -> None:
    many = {"client": {"balance": 7}, "rows": [{"a": n} for n in range(10_000)]}
    server.answer = raw("200 OK", json.dumps(many).encode())
    assert ask(server).values == {"balance": "7"}
