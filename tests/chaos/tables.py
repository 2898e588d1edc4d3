"""What a campaign has left in the tables, person by person, for a comparison of two runs.

Every column of the tables that calls write is compared but for those named in MAY_DIFFER, each with its reason.  Rows
are told apart by the person's number and their order, never by an id.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, text

TIMES = "when it was, and how long it took, hangs on the machine"
NAMES = "made up anew in each run"
# What the switch's last account of a leg alone tells: where that was lost it may be missing, but never otherwise.
ACCOUNT = {"sip_status": (0, None), "q850": (0, None), "hangup_by": ("unknown", "switch")}

# table -> column -> why it may differ.  In facts and payloads, which are JSON: by the names in them.
MAY_DIFFER: dict[str, dict[str, str]] = {
    "attempt": {
        "uuid": NAMES,
        "campaign_id": NAMES,
        "target_id": NAMES,
        "person_id": NAMES,
        "started_at": TIMES,
        "ended_at": TIMES,
        "signs": "who rang and what was pressed when: the seconds in it",
    },
    "call": {
        "uuid": NAMES,
        "attempt_uuid": NAMES,
        "node": NAMES,
        "epoch": NAMES,
        "core_uuid": NAMES,
        "trunk_id": NAMES,
        "intent_at": TIMES,
        "sent_at": TIMES,
        "ringing_at": TIMES,
        "answered_at": TIMES,
        "ended_at": TIMES,
        "ring_s": TIMES,
        "talk_s": TIMES,
    },
    "step": {"attempt_uuid": NAMES, "at": TIMES},
    "answer": {"attempt_uuid": NAMES, "at": TIMES},
    "target": {
        "id": NAMES,
        "campaign_id": NAMES,
        "contact_id": NAMES,
        "person_id": NAMES,
        "due": TIMES,
        "last_hours": TIMES,
        "prepared": NAMES,
    },
    "outbox": {"id": NAMES, "attempt_uuid": NAMES, "done_at": TIMES},
    "suppression": {"call_uuid": NAMES, "added_at": TIMES},
    "verdict": {"id": NAMES, "target_id": NAMES, "call_uuid": NAMES, "at": TIMES, "next_at": TIMES, "args": TIMES},
}
IN_JSON = {
    "campaign_id": NAMES,
    "target_id": NAMES,
    "person_id": NAMES,
    "contact_id": NAMES,
    "attempt_uuid": NAMES,
    "started_at": TIMES,
    "ended_at": TIMES,
    "at": TIMES,
    "into_s": TIMES,
    "of_s": TIMES,
    "talk_s": TIMES,
    "ring_s": TIMES,
    "after_s": TIMES,
}
# The rows of each table, with the person's number as `who` and in an order that is the same in each run.
ROWS = {
    "attempt": "SELECT c.phones[1] AS who, a.* FROM attempt a JOIN target t ON t.id = a.target_id"
    " JOIN contact c ON c.id = t.contact_id ORDER BY 1, a.n",
    "call": "SELECT c.phones[1] AS who, l.* FROM call l JOIN attempt a ON a.uuid = l.attempt_uuid"
    " JOIN target t ON t.id = a.target_id JOIN contact c ON c.id = t.contact_id ORDER BY 1, a.n, l.intent_at",
    "step": "SELECT c.phones[1] AS who, s.* FROM step s JOIN attempt a ON a.uuid = s.attempt_uuid"
    " JOIN target t ON t.id = a.target_id JOIN contact c ON c.id = t.contact_id ORDER BY 1, a.n, s.seq",
    "answer": "SELECT c.phones[1] AS who, s.* FROM answer s JOIN attempt a ON a.uuid = s.attempt_uuid"
    " JOIN target t ON t.id = a.target_id JOIN contact c ON c.id = t.contact_id ORDER BY 1, a.n, s.question",
    "target": "SELECT c.phones[1] AS who, t.* FROM target t JOIN contact c ON c.id = t.contact_id ORDER BY 1",
    "outbox": "SELECT c.phones[1] AS who, o.* FROM outbox o JOIN attempt a ON a.uuid = o.attempt_uuid"
    " JOIN target t ON t.id = a.target_id JOIN contact c ON c.id = t.contact_id ORDER BY 1, a.n, o.kind",
    "suppression": "SELECT number AS who, s.* FROM suppression s ORDER BY 1",
    "verdict": "SELECT c.phones[1] AS who, v.* FROM verdict v JOIN target t ON t.id = v.target_id"
    " JOIN contact c ON c.id = t.contact_id ORDER BY 1, v.at, v.id",
}
AGENT = {"number": "which agent was free", "uuid": NAMES}

Row = dict[str, Any]
Tables = dict[str, dict[str, list[Row]]]  # number -> table -> rows


def tables(engine: Engine) -> Tables:
    """All of it."""
    found: Tables = {}
    with engine.connect() as conn:
        for name, statement in ROWS.items():
            for row in conn.execute(text(statement)).mappings():
                kept = _kept(name, row)
                found.setdefault(str(row["who"]), {}).setdefault(name, []).append(kept)
    return found


def _kept(table: str, row: Mapping[str, Any]) -> Row:
    left_out = set(MAY_DIFFER[table])
    if row.get("kind") == "agent":
        left_out |= set(AGENT)
    kept = {name: _plain(value) for name, value in row.items() if name not in left_out}
    if kept.get("heard_percent") not in (None, 100):
        kept["heard_percent"] = "a part"  # how large a one is measured by the clock
    return kept


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items() if name not in IN_JSON}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


def differences(clean: Tables, other: Tables) -> dict[str, list[str]]:
    """Number -> what is not the same, one line each."""
    found: dict[str, list[str]] = {}
    for who in sorted({*clean, *other}):
        lines = []
        ours, theirs = clean.get(who, {}), other.get(who, {})
        for name in ROWS:
            one, two = ours.get(name, []), theirs.get(name, [])
            if len(one) != len(two):
                lines.append(f"{name}: {len(one)} rows, now {len(two)}")
                continue
            for place, (was, is_now) in enumerate(zip(one, two, strict=True)):
                lines += [
                    f"{name} {place} {column}: {_short(was[column])}, now {_short(is_now[column])}"
                    for column in was
                    if was[column] != is_now[column] and is_now[column] not in ACCOUNT.get(column, ())
                ]
        if lines:
            found[who] = lines
    return found


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:120]
