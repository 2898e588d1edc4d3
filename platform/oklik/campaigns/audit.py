"""The audit: who changed what, written in the change's own transaction and never altered."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run


class Actor(msgspec.Struct, frozen=True):
    """Who does something.  who: token:NAME or user:NAME; via: api or command; address: where a request came from."""

    who: str
    via: str
    address: str | None = None


def note(  # noqa: PLR0917  who, what, to what, how, when
    conn: Connection, actor: Actor, action: str, subject: str, details: Mapping[str, Any], now: dt.datetime
) -> None:
    """Write an entry.  action: such as stop_list.add; subject: a number, a campaign's id, a token's name.

    details: JSON values: what was asked for and what came of it, never a secret.  now: the wall's time.
    """
    run(
        conn,
        """INSERT INTO audit_entry (at, who, via, address, action, subject, details)
           VALUES (:now, :who, :via, :address, :action, :subject, CAST(:details AS jsonb))""",
        now=now,
        who=actor.who,
        via=actor.via,
        address=actor.address,
        action=action,
        subject=subject,
        details=json.dumps(dict(details), ensure_ascii=False, default=str),
    )
