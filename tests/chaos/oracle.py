"""What the switch's ledger and the tables say of a campaign that calls everybody once, whatever happened to it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, text

PEOPLE = "+7916"  # their numbers begin so (see support.stage.number); agents' do not


class Tail:
    """A ledger, read on from where the last look ended."""

    def __init__(self, file: Path) -> None:
        self._file, self._at = file, 0
        self.count: Counter[str] = Counter()  # of events
        self.dials: Counter[str] = Counter()  # of people's numbers

    def look(self) -> "Tail":
        """Take in the whole lines that are new."""
        if self._file.exists():
            with self._file.open("rb") as file:
                file.seek(self._at)
                whole = file.read().rpartition(b"\n")[0]
            self._at += len(whole) + bool(whole)
            for line in whole.splitlines():
                self._take(json.loads(line))
        return self

    def _take(self, line: dict[str, Any]) -> None:
        self.count[line["event"]] += 1
        if line["event"] == "dial" and line["number"].startswith(PEOPLE):
            self.dials[line["number"]] += 1


class Verdict(NamedTuple):
    """Counts; all but contacts, results and unknown are nought when the promises were kept.

    twice, lost: people who were called more than once, or never.  unfinished: attempts without an end.
    missing: calls of the ledger without a result; doubled: results without a call, or more than one for a person.
    untold: results that the outbox does not hold exactly once.  miscounted: people whose counter of attempts is not
    that of their results.  unknown: ended unseen, counted as calls.
    """

    contacts: int
    results: int
    unknown: int
    twice: int
    lost: int
    unfinished: int
    missing: int
    doubled: int
    untold: int
    miscounted: int

    @property
    def kept(self) -> bool:
        """All promises."""
        return not any(
            (self.twice, self.lost, self.unfinished, self.missing, self.doubled, self.untold, self.miscounted)
        )

    def __str__(self) -> str:
        return f"{'KEPT' if self.kept else 'BROKEN'}: {self.counts}"

    @property
    def counts(self) -> str:
        """All of them in words."""
        return ", ".join(f"{name} {value}" for name, value in self._asdict().items())


def verdict(engine: Engine, ledger: Tail) -> Verdict:
    """Compare the two.  Every target of the database belongs to the campaign, and nobody is to be called again."""
    ledger.look()
    with engine.connect() as conn:
        people = [str(phone) for (phone,) in conn.execute(text("SELECT phones[1] FROM contact"))]
        results = Counter(
            {
                str(number): times
                for number, times in conn.execute(
                    text(
                        """SELECT c.number, count(*) FROM attempt a JOIN call c ON c.uuid = a.uuid
                           WHERE a.disposition <> 'not_sent' GROUP BY 1"""
                    )
                )
            }
        )
        unfinished = conn.execute(text("SELECT count(*) FROM attempt WHERE open OR disposition IS NULL")).scalar_one()
        unknown = conn.execute(text("SELECT count(*) FROM attempt WHERE disposition = 'unknown'")).scalar_one()
        untold = conn.execute(
            text(
                """SELECT count(*) FROM attempt a WHERE a.disposition <> 'not_sent' AND 1 <> (
                       SELECT count(*) FROM outbox o WHERE o.attempt_uuid = a.uuid AND o.kind = 'attempt_final')"""
            )
        ).scalar_one()
        miscounted = conn.execute(
            text(
                """SELECT count(*) FROM target t WHERE t.attempts <> (
                       SELECT count(*) FROM attempt a WHERE a.target_id = t.id AND a.consumed AND NOT a.open)"""
            )
        ).scalar_one()
    return Verdict(
        contacts=len(people),
        results=sum(results.values()),
        unknown=int(unknown),
        twice=sum(times > 1 for times in ledger.dials.values()),
        lost=sum(person not in ledger.dials for person in people),
        unfinished=int(unfinished),
        missing=sum((ledger.dials - results).values()),
        doubled=sum((results - ledger.dials).values()),
        untold=int(untold),
        miscounted=int(miscounted),
    )
