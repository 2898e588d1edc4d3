"""A file of people to be taken out of running campaigns, and their removal in portions.

Portions keep each transaction short: while it lasts, results of these people's calls wait for it.
"""

import datetime as dt
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from oklik.campaigns.lists.records import open_records
from oklik.campaigns.outside_file import WORDS as CONTACT_WORDS
from oklik.campaigns.removal import Reason, Removed, Who, remove
from oklik.dialing.phones import read_phones

PORTION = 100
TRIES = 5
_DEADLOCK = "40P01"

WORDS = {
    "key": CONTACT_WORDS["key"],
    "contract": re.compile(
        r"(?:(?:№|n|номер|код)[ .:-]*)?(?:кредитн\w+ )?(?:договор|контракт|займ|кредит)\w*(?:[ .:-]*(?:№|номер))?|"
        r"(?:contract|agreement|loan)(?:[ .:-]?(?:no|number|id))?"
    ),
    "phone": CONTACT_WORDS["phone"],
}


class Unread(NamedTuple):
    """A row that names nobody; text: the phone that cannot be read, "" for an empty row."""

    row: int
    text: str


def read_whos(path: Path | str, *, sheet: str | None = None, country: str = "RU") -> tuple[list[Who], list[Unread]]:
    """Read who is meant by each row, and the rows that cannot be read.  Raises ListError."""
    whos: list[Who] = []
    unread: list[Unread] = []
    with open_records(path, WORDS, needed=(("key", "phone", "contract"),), sheet=sheet) as opened:
        for row, cells in opened.rows():
            key, contract, text = (cells.get(name, "").strip() for name in ("key", "contract", "phone"))
            numbers = read_phones(text, country).numbers if text else ()
            if key or contract or numbers:
                first = numbers[0] if numbers else ""
                whos.append(Who(key=key, contract=contract, number=first, row=row))
            else:
                unread.append(Unread(row, text[:60]))
    return whos, unread


def remove_all(
    engine: Engine,
    whos: Sequence[Who],
    reason: Reason,
    now: dt.datetime,
    *,
    project_id: int | None = None,
    campaign_id: int | None = None,
    by: str = "",
) -> Removed:
    """Take out any number of people, each portion in a transaction of its own.  Doing it again changes nothing."""
    people = ended = up = 0
    nobody: list[Who] = []
    for first in range(0, len(whos), PORTION):
        portion = whos[first : first + PORTION]
        done = _remove(engine, portion, reason, now, by, project_id=project_id, campaign_id=campaign_id)
        people, ended, up = people + done.people, ended + done.ended, up + done.up
        nobody += done.nobody
    return Removed(people, ended, up, tuple(nobody))


def _remove(
    engine: Engine, whos: Sequence[Who], reason: Reason, now: dt.datetime, by: str, **where: int | None
) -> Removed:
    for again in range(TRIES):
        try:
            with engine.begin() as conn:
                return remove(conn, whos, reason, now, by=by, **where)
        except OperationalError as error:  # ends of calls lock the same rows in another order
            if getattr(error.orig, "sqlstate", None) != _DEADLOCK or again == TRIES - 1:
                raise
            time.sleep(0.05 * (again + 1))
    raise AssertionError("not reached")
