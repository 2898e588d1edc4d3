"""How a request changes something: one transaction with its audit entry and, with an Idempotency-Key, its answer.

    @blueprint.post("/add")
    @allowed(Scope.STOP_LIST_WRITE)
    @blueprint.input(NumbersIn)
    @blueprint.output(AddedOut)
    @changing
    def add(change: Change, json_data: NumbersIn) -> AddedOut:
        ...                                           # with change.conn
        change.note("stop_list.add", subject, details)
        return AddedOut(...)

Whatever is raised rolls everything back, so a request that failed may be sent again with the same key.  A change that
met a dialer's in a circle (a deadlock) is done again from the beginning, a few times.
"""

import datetime as dt
import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, overload

from flask import g, request
from pydantic import BaseModel
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from oklik.campaigns import audit, repeats
from oklik.campaigns.audit import Actor
from oklik.campaigns.repeats import Answered, KeyReused
from oklik_web.access import Asker, asker
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.words import said

KEY_HEADER = "Idempotency-Key"
KEYLESS = "x-keyless"  # of views that take none, in the OpenAPI document
TRIES = 5
_DEADLOCK = "40P01"
_PIECE = 1 << 20  # bytes of a file that are hashed at a time
_KEY = re.compile(r"[!-~]{1,128}")


@dataclass
class Change:
    """A change under way.  conn: its transaction; now: the wall's time; actor: who asks."""

    conn: Connection
    now: dt.datetime
    actor: Actor
    noted: bool = False

    def note(self, action: str, subject: str, details: Mapping[str, Any]) -> None:
        """Write the audit entry; every change has one."""
        audit.note(self.conn, self.actor, action, subject, details, self.now)
        self.noted = True


View = Callable[..., BaseModel]
Changing = Callable[..., dict[str, Any]]


@overload
def changing(view: View) -> Changing: ...
@overload
def changing(*, keep: bool) -> Callable[[View], Changing]: ...


def changing(view: View | None = None, *, keep: bool = True) -> Changing | Callable[[View], Changing]:
    """Give the view its transaction; stands right above the view.

    keep=False: its answer holds a secret and is never kept, so an Idempotency-Key is refused.
    """
    if view is None:
        return lambda given: _changing(given, keep=keep)
    return _changing(view, keep=keep)


def _changing(view: View, *, keep: bool) -> Changing:
    @wraps(view)
    def within(**values: Any) -> dict[str, Any]:
        app, who = running(), asker()
        key = request.headers.get(KEY_HEADER)
        if key is not None and not keep:
            raise Problem(422, said("key_secret"))
        if key is not None and not _KEY.fullmatch(key):
            raise Problem(422, said("key_shape"))
        now = app.clock.now()

        def once() -> dict[str, Any]:
            with app.engine.begin() as conn:
                if key is not None and (before := _before(conn, who, key, now)) is not None:
                    return before.body
                change = Change(conn, now, who.actor())
                body = view(change=change, **values).model_dump(mode="json")
                if not change.noted:
                    raise RuntimeError(f"{request.endpoint} changes something and does not note it")
                if key is not None:
                    repeats.end(conn, who.owner, key, Answered(200, body))
            return body

        return _untangled(once)

    if not keep:
        within._spec = {"extensions": {KEYLESS: True}}  # type: ignore[attr-defined]  # noqa: SLF001
    return within


@contextmanager
def page_change() -> Iterator[Change]:
    """The same for a page's form: `with page_change() as change: ...`; who does it is whoever is signed in."""
    app = running()
    with app.engine.begin() as conn:
        change = Change(conn, app.clock.now(), asker().actor())
        yield change
        if not change.noted:
            raise RuntimeError(f"{request.endpoint} changes something and does not note it")


def _untangled(change: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do a change; when ends of calls lock the same rows in another order, whoever is told so begins anew."""
    for again in range(1, TRIES):
        try:
            return change()
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _DEADLOCK:
                raise
            time.sleep(0.05 * again)
    return change()


def _body() -> bytes:
    """What makes one request another: its body, or, of a form that is read already, its fields and files."""
    if request.mimetype != "multipart/form-data":
        return request.get_data()
    told = [f"{name}={value}" for name, value in sorted(request.form.items(multi=True))]
    for name, file in sorted(request.files.items(multi=True), key=lambda one: one[0]):
        digest = hashlib.sha256()
        while piece := file.stream.read(_PIECE):
            digest.update(piece)
        file.stream.seek(0)
        told.append(f"{name}={digest.hexdigest()}")
    return "\n".join(told).encode()


def _before(conn: Connection, who: Asker, key: str, now: dt.datetime) -> Answered | None:
    """The answer that this very request got already.  Raises Problem."""
    asked = b"\n".join((request.method.encode(), request.path.encode(), g.get("body") or _body()))
    try:
        return repeats.begin(conn, who.owner, key, hashlib.sha256(asked).hexdigest(), now)
    except KeyReused:
        raise Problem(409, said("key_reused")) from None
