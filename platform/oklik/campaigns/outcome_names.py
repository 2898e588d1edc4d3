"""What the organisation calls the outcomes of calls, instead of the standard names.

Only names: what an outcome means, and which one a call has, is said elsewhere and cannot be changed here.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.dialing.vocabulary import Disposition

MOST = 60  # characters of a name


class NameRefused(ValueError):
    """It cannot be kept.  field: outcome, ru or en; text: one line in "ru" and "en"."""

    def __init__(self, field: str, ru: str, en: str) -> None:
        self.field, self.text = field, {"ru": ru, "en": en}
        super().__init__(en)


class OwnName(msgspec.Struct, frozen=True):
    """An outcome's own names; "" in a language: the standard one."""

    outcome: str
    ru: str
    en: str
    changed_by: str
    changed_at: dt.datetime


def every(conn: Connection) -> Sequence[OwnName]:
    """Give all own names."""
    rows = run(conn, "SELECT outcome, ru, en, changed_by, changed_at FROM outcome_name ORDER BY outcome")
    return [OwnName(*row) for row in rows]


def pairs(conn: Connection) -> Mapping[str, tuple[str, str]]:
    """Give them by the outcome's code, as reports.words takes them."""
    return {one.outcome: (one.ru, one.en) for one in every(conn)}


def rename(  # noqa: PLR0917  what a row is made of
    conn: Connection, outcome: str, ru: str, en: str, standard: Mapping[str, tuple[str, str]], by: str, now: dt.datetime
) -> None:
    """Keep names of an outcome; "": the standard one of that language.  Raises NameRefused.

    standard: of all outcomes.  Two outcomes of one name could not be told apart in a list or a sheet.
    """
    if outcome not in set(Disposition):
        raise NameRefused("outcome", f"исхода {outcome} нет", f"there is no outcome {outcome!r}")
    run(conn, "LOCK TABLE outcome_name IN SHARE ROW EXCLUSIVE MODE")  # two names are compared with all others
    own = pairs(conn)
    for place, field, name in ((0, "ru", ru), (1, "en", en)):
        if len(name) > MOST or not name.isprintable():
            raise NameRefused(
                field, f"название — одна строка до {MOST} знаков", f"a name is one line of up to {MOST} characters"
            )
        wanted = (name or standard[outcome][place]).casefold()
        for code, names in standard.items():
            known = own.get(code, ("", ""))[place] or names[place]
            if code != outcome and known.casefold() == wanted:
                raise NameRefused(
                    field,
                    f"«{known}» уже называется другой исход",
                    f"another outcome is called {known!r} already",
                )
    if not ru and not en:
        restore(conn, outcome)
        return
    run(
        conn,
        """INSERT INTO outcome_name (outcome, ru, en, changed_by, changed_at) VALUES (:outcome, :ru, :en, :by, :now)
           ON CONFLICT (outcome) DO UPDATE SET ru = excluded.ru, en = excluded.en, changed_by = excluded.changed_by,
               changed_at = excluded.changed_at""",
        outcome=outcome,
        ru=ru,
        en=en,
        by=by,
        now=now,
    )


def restore(conn: Connection, outcome: str) -> bool:
    """Give an outcome its standard names again.  False: it had them."""
    return bool(
        run(conn, "DELETE FROM outcome_name WHERE outcome = :outcome RETURNING outcome", outcome=outcome).first()
    )
