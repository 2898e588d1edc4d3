"""How the web process listens, and what keeps one program from taking all of it."""

import socket

import pytest

from oklik_web.rate import Rate
from oklik_web.server import listen
from oklik_web.settings import SettingsError, WebSettings, read_settings

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
