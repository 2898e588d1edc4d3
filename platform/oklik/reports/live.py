"""A campaign at this moment, for everybody who watches it: one value, read once for all of them.

Where every row of the list stands (why.py), what came of the calls (result_spans.py), and how fast it goes.
"""

import datetime as dt
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from oklik.campaigns import outcome_names
from oklik.campaigns.pilots import Pilot, pilot_of
from oklik.reports.cause_words import cause_lines
from oklik.reports.result_spans import results
from oklik.reports.results import Counts
from oklik.reports.scenario_shape import Shape, shape_of
from oklik.reports.why import Ledger, why
from oklik.reports.why_words import Section, title
from oklik.reports.words import Own, campaign_state, disposition_names, named

PACE_S = 10
"""Calls per second are of so many seconds."""
_DONE = (Section.BARRED, Section.REACHED, Section.UNREACHED, Section.STOPPED)


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign at one moment.  pace: calls begun per second of late; prepared from the same snapshot.

    names: what the organisation calls outcomes.
    """

    ledger: Ledger
    counts: Counts
    pilot: Pilot | None
    pace: float
    shape: Shape
    names: Own = msgspec.field(default_factory=dict)

    def to_json(self, language: str) -> dict[str, Any]:
        """Give JSON values with the words of this language."""
        with named(self.names):
            return self._to_json(language)

    def _to_json(self, language: str) -> dict[str, Any]:
        of = {section: sum(one.count for one in self.ledger.of(section)) for section in Section}
        rows = self.ledger.rows - of[Section.REJECTED] - of[Section.OUTSIDE]
        done = sum(of[section] for section in _DONE)
        names = disposition_names(language)
        entries = self.ledger.to_json(language)
        for entry in entries["entries"]:
            entry["title"] = title(Section(entry["section"]), language)
        return {
            "id": self.ledger.campaign_id,
            "name": self.ledger.name,
            "state": self.ledger.state,
            "state_words": campaign_state(self.ledger.state, language),
            "held": self.ledger.held,
            "virtual": self.ledger.virtual,
            "now": self.ledger.now.isoformat(),
            "zone": self.ledger.zone,
            "headline": entries["headline"],
            "entries": entries["entries"],
            "contacts": rows,
            "refused_rows": of[Section.REJECTED],
            "done": done,
            "reached": of[Section.REACHED],
            "calling": of[Section.CALLING],
            "talking": sum(
                one.count for one in self.ledger.of(Section.CALLING) if one.code in {"answered", "with_agent"}
            ),
            "preparing": of[Section.PREPARING],
            "waiting": rows - done - of[Section.CALLING] - of[Section.PREPARING],
            "pilot": None if self.pilot is None else msgspec.structs.asdict(self.pilot),
            "pace": self.pace,
            "attempts": self.counts.attempts,
            "answered": self.counts.answered,
            "talk_s": round(self.counts.talk_s, 1),
            "left": self.counts.left,
            "outcomes": [
                {"code": code, "title": names[code], "count": n}
                for code, n in sorted(self.counts.outcomes.items(), key=lambda item: (-item[1], item[0]))
                if code
            ],
            "questions": self.shape.answers(self.counts.answers, language),
            "causes": [one.to_json() for one in cause_lines(self.counts.causes, language)],
            "dialers": sum(one.alive for one in self.ledger.dialers),
        }


def live(conn: Connection, campaign_id: int, wall: dt.datetime) -> Live:
    """Look.  wall: real time.  Exact in a REPEATABLE READ transaction.  Raises NoResultFound."""
    ledger = why(conn, campaign_id, wall)
    since = ledger.now - dt.timedelta(seconds=PACE_S)
    begun = conn.execute(
        text(
            """SELECT count(*) FROM attempt
               WHERE campaign_id = :id AND started_at > :since AND started_at <= :now AND direction = 'out'"""
        ),
        {"id": campaign_id, "since": since, "now": ledger.now},
    ).scalar_one()
    return Live(
        ledger=ledger,
        counts=results(conn, campaign_id),
        pilot=pilot_of(conn, campaign_id),
        pace=round(begun / PACE_S, 1),
        shape=shape_of(conn, campaign_id),
        names=outcome_names.pairs(conn),
    )
