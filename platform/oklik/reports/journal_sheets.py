"""A person's journal as an Excel file that can be printed: who, every contact, what was denied, what was wished."""

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

from oklik.dialing.zones import tzinfo
from oklik.reports.book import ACCENT, GREY, LINE, PALE, Book, Column, Table
from oklik.reports.excel import new_book
from oklik.reports.half_up import half_up
from oklik.reports.journal import Contact, Journal, result_of
from oklik.reports.journal_words import contact_kind, purpose_title, role_title, term
from oklik.reports.words import capital, reason

WIDTHS = (2, 22, 24, 13, 13, 13, 13)
PRINT_SCALE = 85


def write_journal(journal: Journal, path: str | Path, *, language: str = "ru") -> None:
    """Write the file; one of this name is replaced.  Raises ReportError when it cannot be written."""
    with new_book(Path(path), term("title", language), language) as book:
        _Sheets(book, journal, language).write()


class _Sheets:
    def __init__(self, book: Book, journal: Journal, language: str) -> None:
        self._book, self._journal, self._language = book, journal, language
        self._zone = tzinfo(journal.zone)
        self._row = 0

    def write(self) -> None:
        self._person()
        self._contacts()
        self._denied()
        self._wishes()

    def _term(self, key: str, **values: object) -> str:
        return term(key, self._language, **values)

    # -- the first sheet --

    def _person(self) -> None:
        journal = self._journal
        self._sheet = self._book.sheet(self._term("sheet_person"), print_scale=PRINT_SCALE)
        self._sheet.hide_gridlines(2)
        for column, width in enumerate(WIDTHS):
            self._sheet.set_column(column, column, width)
        self._line(self._term("title"), font_size=18, bold=True)
        self._row += 1
        self._fact("person", journal.known_as)
        for place, (number, role) in enumerate(journal.numbers.items()):
            self._fact("numbers" if place == 0 else None, f"{number} — {role_title(role, self._language)}")
        self._fact("period", self._period())
        self._fact("zone", journal.zone if journal.zone_known else self._term("zone_office", zone=journal.zone))
        self._fact("made", self._moment(journal.made_at))
        self._row += 1
        self._months()

    def _line(self, text: str, **look: Any) -> None:
        self._book.text(self._sheet, self._row, 1, text, **look)
        self._row += 1

    def _fact(self, key: str | None, value: str) -> None:
        if key is not None:
            self._book.text(self._sheet, self._row, 1, self._term(key), font_color=GREY)
        self._book.text(self._sheet, self._row, 2, value)
        self._row += 1

    def _period(self) -> str:
        since, until = self._journal.days
        if since is None and until is None:
            return self._term("period_all")
        return self._term(
            "period_value",
            since=f"{since:%d.%m.%Y}" if since else self._term("first"),
            until=f"{until:%d.%m.%Y}" if until else self._term("last"),
        )

    def _moment(self, at: dt.datetime | None) -> str:
        return "" if at is None else f"{at.astimezone(self._zone):%d.%m.%Y %H:%M}"

    def _months(self) -> None:
        """How often, by month and purpose: what the caps of the law are about."""
        counted: Counter[tuple[str, str, str]] = Counter()
        for one in self._journal.contacts:
            month = f"{one.at.astimezone(self._zone):%Y-%m}"
            counted[month, one.purpose, _sort(one)] += 1
        if not counted:
            self._line(self._term("nothing"), font_color=GREY)
            return
        self._line(self._term("by_month"), font_size=13, bold=True)
        sorts = ("talks", "messages", "unanswered")
        heads = ("month", "purpose", "contacts", *sorts)
        for at, key in enumerate(heads):
            align = {} if at < 2 else {"align": "right"}
            look = {"bg_color": ACCENT, "font_color": "white", "bold": True, "indent": 1, **align}
            self._book.text(self._sheet, self._row, 1 + at, self._term(key), **look)
        self._row += 1
        for place, (month, purpose) in enumerate(sorted({(month, purpose) for month, purpose, _ in counted})):
            look = {"bottom": 4, "bottom_color": LINE, "indent": 1} | ({"bg_color": PALE} if place % 2 else {})
            year, _, number = month.partition("-")
            self._book.text(self._sheet, self._row, 1, f"{number}.{year}", **look)
            self._book.text(self._sheet, self._row, 2, purpose_title(purpose, self._language), **look)
            counts = [counted[month, purpose, sort] for sort in sorts]
            other = counted[month, purpose, "other"]
            for at, count in enumerate((sum(counts) + other, *counts)):
                form = self._book.format(**look, num_format="#,##0", align="right")
                self._sheet.write_number(self._row, 3 + at, count, form)
            self._row += 1

    # -- the tables --

    def _table(self, sheet: str, columns: list[Column]) -> Table:
        return Table(self._book, self._term(sheet), columns, zone=self._zone)

    def _contacts(self) -> None:
        columns = [
            Column(self._term("n"), "integer", width=6),
            Column(self._local(), "datetime", width=17),
            Column(self._term("utc"), "datetime", width=17),
            Column(self._term("kind"), width=17, wrap=True),
            Column(self._term("number"), width=15),
            Column(self._term("role"), width=14, wrap=True),
            Column(self._term("caller_id"), width=15),
            Column(self._term("purpose"), width=14, wrap=True),
            Column(self._term("source"), width=18, wrap=True),
            Column(self._term("contract"), width=11, wrap=True),
            Column(self._term("result"), width=15, wrap=True),
            Column(self._term("ring"), "seconds", width=8),
            Column(self._term("talk_s"), "seconds", width=11),
            Column(self._term("verdict"), width=20, wrap=True),
            Column(self._term("files"), width=25, wrap=True),
            Column(self._term("note"), width=15, wrap=True),
        ]
        table = self._table("sheet_contacts", columns)
        for n, one in enumerate(self._journal.contacts, 1):
            table.add([n, *self._cells(one)])
        table.finish()

    def _cells(self, one: Contact) -> list[object]:
        language = self._language
        return [
            one.at,
            one.at.astimezone(dt.UTC).replace(tzinfo=None),
            self._term("returned") if one.returned else contact_kind(one.kind, language, ours=one.ours),
            one.number,
            role_title(one.role, language) if one.number and one.ours else "",
            one.caller_id if any(map(str.isdigit, one.caller_id)) else "",
            purpose_title(one.purpose, language),
            one.source,
            one.contract,
            capital(result_of(one, language)),
            None if one.ring_s is None else half_up(one.ring_s),
            None if one.talk_s is None else half_up(one.talk_s),
            self._verdict(one),
            "\n".join((*self._recordings(one), one.uuid)),
            "; ".join(filter(None, (self._term("rehearsal") if one.rehearsal else "", one.note))),
        ]

    def _recordings(self, one: Contact) -> list[str]:
        """The files, and what became of those that are not there any more."""
        gone = [self._term("file_deleted", at=f"{at.astimezone(self._zone):%d.%m.%Y}") for at in one.deleted]
        return [*one.files, *gone, *[self._term("file_lost")] * one.lost]

    def _local(self) -> str:
        return f"{self._term('local')} ({self._journal.zone})"

    def _verdict(self, one: Contact) -> str:
        """When the call was allowed and up to when; on another day than the call's, with the day."""
        if one.allowed_at is None or one.allowed_until is None:
            return ""
        at, until = (moment.astimezone(self._zone) for moment in (one.allowed_at, one.allowed_until))
        day = "" if until.date() == at.date() else f"{until:%d.%m} "
        return self._term("verdict_value", at=f"{at:%H:%M:%S}", until=f"{day}{until:%H:%M}")

    def _denied(self) -> None:
        columns = [
            Column(self._local(), "datetime", width=18),
            Column(self._term("utc"), "datetime", width=17),
            Column(self._term("campaign"), most=34),
            Column(self._term("purpose"), width=20),
            Column(self._term("why"), most=70),
            Column(self._term("next"), "datetime", width=30),
        ]
        table = self._table("sheet_denied", columns)
        for one in self._journal.denied:
            utc = one.at.astimezone(dt.UTC).replace(tzinfo=None)
            why = reason(one.rule, one.args, self._language)
            again: object = one.next_at or self._term("never")
            table.add([one.at, utc, one.campaign, purpose_title(one.purpose, self._language), why, again])
        table.finish()

    def _wishes(self) -> None:
        columns = [
            Column(self._local(), "datetime", width=18),
            Column(self._term("utc"), "datetime", width=17),
            Column(self._term("what"), width=30),
            Column(self._term("about"), most=40),
            Column(self._term("detail"), most=50),
        ]
        table = self._table("sheet_wishes", columns)
        for one in self._journal.wishes:
            utc = one.at.astimezone(dt.UTC).replace(tzinfo=None)
            about = purpose_title(one.about, self._language)
            if one.kind in {"promise", "kept", "broken", "withdrawn"}:
                about = ".".join(reversed(one.about.split("-")))
            elif one.kind in {"bankrupt", "readmitted"}:
                about = self._term("in_project", project=one.about) if one.about else self._term("in_all_projects")
            table.add([one.at, utc, self._term(f"wish_{one.kind}"), about, one.detail])
        table.finish()


def _sort(one: Contact) -> str:
    """How the law counts it: a message that came through, a talk, a call without an answer, or nothing of these."""
    if one.talk:
        return "messages" if one.kind in {"message", "sms"} else "talks"
    return "unanswered" if one.kind in {"call", "message"} and not one.returned else "other"
