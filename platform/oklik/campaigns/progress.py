"""How far a campaign is: counts for a live display, and why what waits is waiting.  Reading only."""

import datetime as dt

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.dialing.sentences import sentence


class Waiting(msgspec.Struct, frozen=True):
    """Why a number of targets wait, and until when the first of them does."""

    reason: str
    count: int
    first_due: dt.datetime


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of a campaign's targets.

    contacts: all; preparing, waiting, dialing, done: by state; dispositions: of done targets by the attempt that tells
    most, see dialing.disposition ("" for those never called); attempts: consumed, in all; next_due: of what waits;
    waiting_for: sentences, the most frequent first.
    """

    state: str
    contacts: int
    preparing: int
    waiting: int
    dialing: int
    done: int
    attempts: int
    dispositions: dict[str, int]
    next_due: dt.datetime | None
    waiting_for: list[Waiting]


class Uncalled(msgspec.Struct, frozen=True):
    """Why a number of contacts was never called."""

    reason: str
    count: int


def uncalled(conn: Connection, campaign_id: int, *, language: str = "ru") -> list[Uncalled]:
    """Give the reasons of contacts without any outcome, the most frequent first."""
    counts: dict[str, int] = {}
    for row in run(
        conn,
        """SELECT coalesce(reason, state) AS reason, reason_args - 'value' AS args, count(*) AS n
           FROM target WHERE campaign_id = :id AND disposition IS NULL GROUP BY 1, 2""",
        id=campaign_id,
    ):
        # Which value it was differs from row to row.
        args = {**(row.args or {}), "value": "…"}
        words = sentence(row.reason, args, language)
        counts[words] = counts.get(words, 0) + row.n
    return [Uncalled(words, n) for words, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def progress(conn: Connection, campaign_id: int, *, now: dt.datetime, language: str = "ru") -> Progress:
    """Count, in one pass over the campaign's targets.  language: of the reasons.

    Raises NoResultFound when there is no such campaign.
    """
    state = run(conn, "SELECT state FROM campaign WHERE id = :id AND state <> 'trial'", id=campaign_id).scalar_one()
    by_state: dict[str, int] = {}
    dispositions: dict[str, int] = {}
    waiting: dict[str, Waiting] = {}
    attempts = 0
    next_due: dt.datetime | None = None
    for row in run(
        conn,
        """SELECT state, CASE WHEN state = 'done' THEN coalesce(disposition, '') END AS disposition,
               CASE WHEN state = 'waiting' AND due > :now THEN coalesce(reason, 'waiting') END AS reason,
               CASE WHEN state = 'waiting' AND due > :now THEN reason_args END AS args,
               count(*) AS n, sum(attempts) AS attempts, min(due) FILTER (WHERE state = 'waiting') AS due
           FROM target WHERE campaign_id = :id GROUP BY 1, 2, 3, 4""",
        id=campaign_id,
        now=now,
    ):
        by_state[row.state] = by_state.get(row.state, 0) + row.n
        attempts += row.attempts
        if row.disposition is not None:
            dispositions[row.disposition] = dispositions.get(row.disposition, 0) + row.n
        if row.due is not None:
            next_due = row.due if next_due is None else min(next_due, row.due)
        if row.reason is not None:
            words = sentence(row.reason, row.args, language)
            known = waiting.get(words, Waiting(words, 0, row.due))
            waiting[words] = Waiting(words, known.count + row.n, min(known.first_due, row.due))
    return Progress(
        state=state,
        contacts=sum(by_state.values()),
        preparing=by_state.get("preparing", 0),
        waiting=by_state.get("waiting", 0),
        dialing=by_state.get("dialing", 0),
        done=by_state.get("done", 0),
        attempts=attempts,
        dispositions=dispositions,
        next_due=next_due,
        waiting_for=sorted(waiting.values(), key=lambda one: -one.count),
    )
