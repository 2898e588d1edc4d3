"""What calls leave behind while they live: states of legs, steps, answers.  Many calls in one statement each.

Safe to write twice and out of order: states only move forward, a step is kept once, an answer's last value stands.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from oklik.campaigns import lease
from oklik.campaigns.lease import Holder
from oklik.campaigns.rows import run
from oklik.campaigns.write_back import write_back
from oklik.dialing.vocabulary import RANK, CallState
from oklik.scenario.flow import Fact

_TIMED = (CallState.SENT, CallState.RINGING, CallState.ANSWERED, CallState.ENDED)
_RANK_SQL = "CASE {} " + " ".join(f"WHEN '{state}' THEN {rank}" for state, rank in RANK.items()) + " END"


class StepRecord(msgspec.Struct, frozen=True):
    """A fact of an attempt; seq: its place in the whole call, from 0 or 1, without gaps."""

    attempt_uuid: UUID
    seq: int
    at: dt.datetime
    fact: Fact


class RecordingRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A recording that answers a question of an attempt; path: relative to the folder of recordings."""

    attempt_uuid: UUID
    question: str
    node: str
    take: int
    path: str
    seconds: float
    bytes: int
    sha256: str
    at: dt.datetime


def record(
    conn: Connection,
    holder: Holder,
    *,
    states: Mapping[UUID, Mapping[CallState, dt.datetime]] | None = None,
    steps: Sequence[StepRecord] = (),
    recordings: Sequence[RecordingRecord] = (),
) -> None:
    """Write states (leg -> state -> since when), steps, and recordings that are answers.

    Answers, values that the scenario notes itself, and those that it writes into the contact's columns, are drawn from
    the steps.  Raises LeaseLost.
    """
    lease.check(conn, holder)
    if states:
        _write_states(conn, states)
    if steps:
        _write_steps(conn, steps)
        write_back(conn, steps)
    if recordings:
        _write_recordings(conn, recordings)


def _write_states(conn: Connection, states: Mapping[UUID, Mapping[CallState, dt.datetime]]) -> None:
    rows: list[dict[str, Any]] = []
    for uuid, times in states.items():
        row: dict[str, Any] = {"uuid": uuid, "state": max(times, key=RANK.__getitem__)}
        row.update((f"{state}_at", times[state]) for state in _TIMED if state in times)
        rows.append(row)
    run(conn, _STATES, rows)


_STATES = f"""
    UPDATE call SET
        state = CASE WHEN {_RANK_SQL.format("r.state")} > {_RANK_SQL.format("call.state")}
            THEN r.state ELSE call.state END,
        sent_at = coalesce(call.sent_at, r.sent_at),
        ringing_at = coalesce(call.ringing_at, r.ringing_at),
        answered_at = coalesce(call.answered_at, r.answered_at),
        ended_at = coalesce(call.ended_at, r.ended_at)
    FROM json_to_recordset(CAST(:rows AS json))
        AS r(uuid uuid, state text, sent_at timestamptz, ringing_at timestamptz, answered_at timestamptz,
             ended_at timestamptz)
    WHERE call.uuid = r.uuid"""  # noqa: S608  constants of the vocabulary


def _write_steps(conn: Connection, steps: Sequence[StepRecord]) -> None:
    run(
        conn,
        """WITH r AS (
               SELECT * FROM json_to_recordset(CAST(:rows AS json))
                   AS r(attempt_uuid uuid, seq smallint, at timestamptz, node text, fact jsonb)
           ), s AS (
               INSERT INTO step (attempt_uuid, seq, at, node, fact)
               SELECT attempt_uuid, seq, at, node, fact FROM r ON CONFLICT DO NOTHING
           )
           INSERT INTO answer (attempt_uuid, question, value, label, at)
           SELECT DISTINCT ON (attempt_uuid, fact ->> 'question')
               attempt_uuid, fact ->> 'question', coalesce(fact ->> 'value', fact ->> 'seconds'),
               coalesce(fact ->> 'label', ''), at
           FROM r WHERE fact ->> 'type' IN ('answered', 'noted', 'voice_answered')
           ORDER BY attempt_uuid, fact ->> 'question', seq DESC
           ON CONFLICT (attempt_uuid, question) DO UPDATE
           SET value = excluded.value, label = excluded.label, at = excluded.at
           WHERE answer.at <= excluded.at""",
        [
            {"attempt_uuid": s.attempt_uuid, "seq": s.seq, "at": s.at, "node": s.fact.node, "fact": s.fact}
            for s in steps
        ],
    )


def _write_recordings(conn: Connection, recordings: Sequence[RecordingRecord]) -> None:
    last = {(one.attempt_uuid, one.question): one for one in recordings}
    run(
        conn,
        """INSERT INTO recording (attempt_uuid, question, node, take, path, seconds, bytes, sha256, at)
           SELECT * FROM json_to_recordset(CAST(:rows AS json))
               AS r(attempt_uuid uuid, question text, node text, take smallint, path text, seconds double precision,
                    bytes integer, sha256 text, at timestamptz)
           ON CONFLICT (attempt_uuid, question) DO UPDATE
           SET node = excluded.node, take = excluded.take, path = excluded.path, seconds = excluded.seconds,
               bytes = excluded.bytes, sha256 = excluded.sha256, at = excluded.at
           WHERE recording.at <= excluded.at""",
        [msgspec.structs.asdict(one) for one in last.values()],
    )
