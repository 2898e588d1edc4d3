"""Asks another system for a scenario, within its time and within bounds, and takes the wanted values out of the answer.

Only hosts of the setting are asked, only at the addresses that suit them; redirects are not followed, proxies of the
environment are not used.  Whatever goes wrong is an answer that says so: nothing is raised, and nothing that was sent
or that came stands in it.  Waiting blocks the calling greenlet only, in a process that is patched.
"""

import logging
import os
import ssl
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import certifi
import gevent
import httpcore

from oklik.outside.hosts import AllowedHosts, Origin
from oklik.outside.pinned import Forbidden, PinnedBackend, Resolve, resolve
from oklik.scenario import json_path
from oklik.scenario.flow import Request, Responded

log = logging.getLogger(__name__)

MAX_ANSWER = 256 * 1024
MOST_AT_A_TIME = 100  # connections to one host
_KEPT, _KEPT_S = 10, 15.0  # idle connections
_THREADED = 8 * 1024  # a body so large is read beside the loop
PREFIX = "OKLIK_CREDENTIAL_"
AGENT = "Oklik/1"


class Refused(Exception):
    """There is no good answer.  The message says why, in one line without values."""

    def __init__(self, why: str, status: int = 0) -> None:
        super().__init__(why)
        self.status = status


def variable_of(credential: str) -> str:
    """The environment variable of a credential."""
    return PREFIX + credential.upper()


class Outside:
    """The systems beyond."""

    def __init__(
        self,
        allowed: AllowedHosts,
        *,
        ca_file: Path | None = None,
        secrets: Mapping[str, str] = os.environ,
        find: Resolve = resolve,
    ) -> None:
        """ca_file: certificates to trust besides.  secrets: where credentials are looked up.  Raises OSError."""
        self._allowed, self._secrets, self._find = allowed, secrets, find
        self._context = ssl.create_default_context()
        self._context.load_verify_locations(certifi.where())  # not every machine has certificates of its own
        if ca_file is not None:
            self._context.load_verify_locations(ca_file)
        self._pools: dict[Origin, httpcore.ConnectionPool] = {}

    def send(self, request: Request, *, key: str, rehearsal: bool = False) -> Responded:
        """Ask.  key: the same when the same step is repeated.  rehearsal: nobody real is called; the host is told."""
        with gevent.Timeout(request.timeout_s, False) as limit:  # over everything, however slowly it drips
            try:
                status, body = self._exchange(request, self._headers(request, key, rehearsal=rehearsal))
                return Responded(ok=True, values=_values(body, request.wanted, status), status=status)
            except Refused as why:
                return Responded(ok=False, status=why.status, fault=str(why))
            except Exception as error:
                # A call goes on whatever a foreign system has done; the error's own words may hold what was sent.
                log.exception("a request of node %s broke", request.node)
                return Responded(ok=False, fault=type(error).__name__)
        return Responded(ok=False, fault=f"no answer within {limit.seconds:g} s")

    def close(self) -> None:
        """Let go of the connections."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()

    def _exchange(self, request: Request, headers: Sequence[tuple[str, str]]) -> tuple[int, bytes]:
        origin, target = _parts(request.url)
        if not self._allowed.allows(origin):
            raise Refused(f"{origin} is not among the hosts that may be asked")
        waits = dict.fromkeys(("connect", "read", "write", "pool"), request.timeout_s)
        url = httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=target)
        body = request.body.encode() if request.body is not None else None
        try:
            with self._pool(origin).stream(
                request.method, url, headers=headers, content=body, extensions={"timeout": waits}
            ) as answer:
                return answer.status, _read(answer)
        except Forbidden:
            raise Refused(f"{origin.host} lives at an address that may not be asked") from None
        except (httpcore.TimeoutException, TimeoutError):
            raise Refused(f"no answer within {request.timeout_s:g} s") from None
        except httpcore.ConnectError as error:
            raise Refused(f"{origin.host} cannot be reached: {_cause(error)}") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise Refused(f"{origin.host} broke the connection: {type(error).__name__}") from None

    def _pool(self, origin: Origin) -> httpcore.ConnectionPool:
        pool = self._pools.get(origin)
        if pool is None:
            pool = self._pools[origin] = httpcore.ConnectionPool(
                ssl_context=self._context,
                max_connections=MOST_AT_A_TIME,
                max_keepalive_connections=_KEPT,
                keepalive_expiry=_KEPT_S,
                network_backend=PinnedBackend(origin, self._allowed, self._find),
            )
        return pool

    def _headers(self, request: Request, key: str, *, rehearsal: bool) -> list[tuple[str, str]]:
        headers = {
            "Accept": "application/json",
            **request.headers,
            "Host": urlsplit(request.url).netloc,
            "User-Agent": AGENT,
            "Accept-Encoding": "identity",
            "Idempotency-Key": key,
        }
        if request.body is not None:
            headers["Content-Type"] = "application/json"
            headers["Content-Length"] = str(len(request.body.encode()))
        if rehearsal:
            headers["Oklik-Rehearsal"] = "1"
        if request.credential:
            secret = self._secrets.get(variable_of(request.credential), "").strip()
            if not secret:
                raise Refused(f"{variable_of(request.credential)} is not set")
            headers[request.credential_header] = secret
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            raise Refused("a header holds what no header can hold")
        return list(headers.items())


def _parts(url: str) -> tuple[Origin, str]:
    """Whom to ask, and for what.  Raises Refused."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Refused("the address cannot be read") from None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    odd = not (target.isascii() and target.isprintable()) or " " in target
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or odd:
        raise Refused("the address cannot be read")
    return Origin(parts.scheme, parts.hostname, port), target


def _read(answer: httpcore.Response) -> bytes:
    """The body of a good answer.  Raises Refused."""
    if not 200 <= answer.status < 300:
        what = "redirects, which is not followed" if 300 <= answer.status < 400 else "refuses"
        raise Refused(f"the answer is {answer.status}: it {what}", answer.status)
    headers = {name.lower(): value for name, value in answer.headers}
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Refused("the answer is compressed, which was not asked for", answer.status)
    held = bytearray()
    for piece in answer.iter_stream():
        held += piece
        if len(held) > MAX_ANSWER:
            raise Refused(f"the answer is larger than {MAX_ANSWER // 1024} KB", answer.status)
    return bytes(held)


def _values(body: bytes, wanted: Mapping[str, str], status: int) -> dict[str, str]:
    if not wanted:
        return {}
    try:
        return _apart(len(body), lambda: json_path.values(json_path.read_body(body), wanted))
    except json_path.NoAnswer as why:
        raise Refused(str(why), status) from None


def _apart(size: int, task: Callable[[], dict[str, str]]) -> dict[str, str]:
    """Do it; what takes long in a thread, so that other calls go on."""
    if size < _THREADED:
        return task()
    done: dict[str, str] = gevent.get_hub().threadpool.apply(task)
    return done


def _cause(error: Exception) -> str:
    """Why there is no connection: the certificate, or what the system says of the network."""
    cause = error.__cause__ or error.__context__ or error
    if isinstance(cause, ssl.SSLError):
        return getattr(cause, "verify_message", "") or cause.reason or "no encryption"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return " ".join(str(error).split())[:100] or type(error).__name__
