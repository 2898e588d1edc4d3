"""SQLAlchemy engines on psycopg 3: one way of connecting for all processes.

A connection is never held over a call to the switch or the network.  The pool does not overflow: more than about
ten connections bring one Python process nothing.
"""

import json
import re
import sys
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, make_url

POOL_SECONDS = 30
_SERVERS = re.compile(
    r"(?P<begin>[a-z+0-9]+://(?:[^@/?]*@)?)(?P<servers>[^@/?]+,[^@/?]+)(?P<path>/[^?]*)?(?:\?(?P<query>.*))?"
)
# Parameters of a URL that may be shown.  No other one is: who misspells "password" has written a secret all the same.
_SHOWN = frozenset({"host", "hostaddr", "port", "service", "sslmode", "target_session_attrs"})
# Secrets that libpq takes within the connection string alone, where pg_dump would show them to the whole machine.
_REFUSED = frozenset({"sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"})
# A network that swallows everything is found out within 15 s or so, instead of the kernel's two hours.  libpq leaves
# Unix sockets alone.
_NETWORK = {
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


def make_engine(
    url: str | URL, *, pool_size: int = 10, application: str = "oklik", asleep_s: float | None = None
) -> Engine:
    """Return an engine for a PostgreSQL URL (`postgresql://…` or `postgresql+psycopg://…`); nothing connects yet.

    application: the name the server shows for these connections.  asleep_s: a transaction in which nothing is said for
    so long is rolled back by the server and its connection cut: a process stopped in the midst of it (a machine
    that sleeps) would keep others waiting for its rows for ever.  Raises ValueError for another kind of database,
    RuntimeError when gevent's monkey patch came too late for the driver: it would block all greenlets.
    """
    target = normal_url(url)
    _refuse_blocking_driver()
    options = "-c timezone=UTC"
    if asleep_s is not None:
        options += f" -c idle_in_transaction_session_timeout={round(asleep_s * 1000)}"
    return create_engine(
        target,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        pool_pre_ping=True,
        connect_args={"application_name": application, "options": options, **_NETWORK},
        json_serializer=_dump_json,
        hide_parameters=True,  # they hold people's data, and errors end in logs
    )


def normal_url(url: str | URL) -> URL:
    """Return the URL with our driver named in it and the password where it is known for one, not among the parameters.

    Several servers may be named as libpq has it (a:5432,b:5432).  Raises ArgumentError, ValueError; neither repeats
    what was given.
    """
    target = make_url(_several(url) if isinstance(url, str) else url)
    if "@" in f"{target.host or ''}{target.database or ''}":
        raise ValueError("an @ in a database's password is written as %40")  # what follows it would be shown
    if refused := _REFUSED & set(target.query):
        raise ValueError(f"a database's URL takes no {', '.join(sorted(refused))}")
    if given := target.query.get("password"):
        # libpq, too, believes the parameter first, and the last of several
        target = target.set(password=given if isinstance(given, str) else given[-1])
        target = target.difference_update_query(["password"])
    if target.drivername in ("postgresql", "postgres"):
        target = target.set(drivername="postgresql+psycopg")
    if target.drivername != "postgresql+psycopg":
        raise ValueError(f"a PostgreSQL database is needed, not {target.drivername}")
    return target


def shown(url: str | URL) -> str:
    """Return a URL as people may see it: no password, and of the parameters those that hold no secret.

    Raises as normal_url does.
    """
    target = normal_url(url)
    harmless = {name: value for name, value in target.query.items() if name in _SHOWN}
    return target.set(query=harmless).render_as_string(hide_password=True)


def conninfo(url: str | URL, *, secret: bool = True) -> str:
    """Return the connection string that libpq (psycopg itself) understands; secret: with its password."""
    from psycopg.conninfo import make_conninfo

    target = normal_url(url)
    parts: dict[str, Any] = {
        "host": target.host,
        "port": target.port,
        "user": target.username,
        "password": target.password if secret else None,
        "dbname": target.database,
        **target.query,
    }
    if isinstance(hosts := parts["host"], tuple):
        pairs = [one.partition(":") for one in hosts]
        parts |= {"host": ",".join(host for host, _, _ in pairs), "port": ",".join(port for _, _, port in pairs)}
    return make_conninfo("", **{name: value for name, value in parts.items() if value is not None})


def _several(url: str) -> str:
    """Put servers with ports of their own where SQLAlchemy looks for them."""
    found = _SERVERS.fullmatch(url)
    if found is None or ":" not in found["servers"]:
        return url
    query = "&".join(["host=" + one for one in found["servers"].split(",")] + [one for one in [found["query"]] if one])
    return f"{found['begin']}{found['path'] or '/'}?{query}"


def _dump_json(value: Any) -> str:
    # Cyrillic as it is: escaped it would take three times the room.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _refuse_blocking_driver() -> None:
    monkey = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("socket"):
        return
    import psycopg.waiting

    if getattr(psycopg.waiting.wait, "__name__", "") == "wait_c":
        raise RuntimeError("psycopg was imported before gevent's monkey patch: patch in the first line")
