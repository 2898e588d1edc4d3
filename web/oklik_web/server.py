"""The web process: gevent's WSGI server, one greenlet a request, over an engine of its own.

Says one line of JSON on standard output when it listens, or {"error": ...} when it cannot begin; exit code 2 for wrong
settings, an address that is taken among them.  SIGTERM or the end of standard input: no new requests, those that run
finish.  Must run patched (see __main__).
"""

import json
import logging
import signal
import ssl
import sys
from collections.abc import Sequence
from typing import Any

import gevent
import gevent.os
from gevent import socket
from gevent.event import Event
from gevent.pool import Pool
from gevent.pywsgi import WSGIServer

from oklik.store.engine import make_engine
from oklik.worker import pgwait
from oklik_web.app import create_app
from oklik_web.settings import SettingsError, WebSettings, read_settings

log = logging.getLogger(__name__)

DONE, BAD_INPUT = 0, 2
CONNECTIONS = 10  # to the database
REQUESTS = 200  # at once; more wait at the door
BACKLOG = 256
LEAVE_S = 10.0  # for requests that run when we are told to go


def main(_arguments: Sequence[str]) -> int:
    """Read the settings and serve; returns the exit code."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = read_settings(sys.stdin.buffer.readline())
        listener = listen(settings.host, settings.port)
    except SettingsError as error:
        return _cannot(str(error))
    except OSError as error:
        return _cannot(f"{settings.host}:{settings.port}: {error.strerror or error} (OKLIK_WEB=HOST:PORT)")
    serve(settings, listener)
    return DONE


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.  Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Inherited by every connection: without it a kept-alive one answers 22 times a second.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def serve(settings: WebSettings, listener: socket.socket) -> None:
    """Serve until told to go."""
    pgwait.install()
    socket.setdefaulttimeout(settings.silent_s)  # of clients' connections; nothing else makes sockets of Python's
    engine = make_engine(settings.database_url, pool_size=CONNECTIONS, application="oklik web")
    # Its own log would hold whole addresses with what stands behind their question marks; ours is in app.
    tls = {"ssl_context": _tls(settings)} if settings.certificate else {}
    server = _Server(
        listener,
        create_app(engine, settings),
        spawn=Pool(REQUESTS),
        log=None,
        error_log=logging.getLogger("pywsgi"),
        **tls,
    )
    leaving = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, leaving.set)
    gevent.spawn(_stdin_closed).link_value(lambda _: leaving.set())
    try:
        server.start()
        host, port = listener.getsockname()[:2]
        _say({"ready": True, "host": host, "port": port})
        leaving.wait()
        server.stop(LEAVE_S)
    finally:
        engine.dispose()


class _Server(WSGIServer):  # type: ignore[misc]
    """A handshake that comes to nothing (a scanner, a browser that does not trust us yet) is no fault of ours."""

    def wrap_socket_and_handle(self, client_socket: Any, address: Any) -> None:
        try:
            super().wrap_socket_and_handle(client_socket, address)
        except (ssl.SSLError, OSError) as error:
            log.info("no TLS with %s: %s", address[0], error)
            client_socket.close()


def _tls(settings: WebSettings) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(settings.certificate, settings.key)
    return context


def _stdin_closed() -> None:
    """Return when whoever started us is gone."""
    descriptor = sys.stdin.fileno()
    gevent.os.make_nonblocking(descriptor)
    while gevent.os.nb_read(descriptor, 4096):
        pass


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _cannot(error: str) -> int:
    log.error(error)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # whoever reads this tells us to go, and wants our exit code
    _say({"error": error})
    return BAD_INPUT
