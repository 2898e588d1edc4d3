"""The proof of a number as an Excel file that is printed and handed to a regulator.

The first sheet tells all that people read: may the number be called, each consent with its text, what happened on the
stop list.  Calls and refusals are tables of their own, for there may be many.  What is told is proof.py's.
"""

import datetime as dt
from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any

from oklik.dialing.law.shapes import CONSENT_TITLES
from oklik.dialing.zones import tzinfo
from oklik.reports.book import ACCENT, GREY, LINE, PALE, Book, Column, Sound, Table
from oklik.reports.excel import new_book
from oklik.reports.proof import ConsentFact, Proof, StopFact
from oklik.reports.proof_words import proof_word
from oklik.reports.stop_list_sheet import source_name
from oklik.reports.words import hangup_by, outcome, reason

WIDTHS = (2, 24, 18, 22, 30, 24)  # of the first sheet's columns; the first is its margin
LABEL, VALUE, LAST = 1, 2, 5
CHARACTERS = 88  # of ten points that fit into the columns of a value
LINE_POINTS = 14
MOST_LINES = 26  # a row of Excel is 409 points high at most


def write_proof(proof: Proof, path: Path, *, zone: str, language: str) -> None:
    """Write the sheet; a file of this name is replaced.  zone: of the times shown.  Raises excel.ReportError."""
    with new_book(path, proof_word("title", language, number=spaced(proof.number)), language) as book:
        _First(book, proof, zone, language).write()
        _calls(book, proof, zone, language)
        _refusals(book, proof, zone, language)


def spaced(number: str) -> str:
    """A number as people read it: +7 916 123-45-67; others as they are."""
    if number.startswith("+7") and len(number) == 12:
        return f"+7 {number[2:5]} {number[5:8]}-{number[8:10]}-{number[10:]}"
    return number


def purpose_of(code: str, language: str) -> str:
    """A purpose in words."""
    titles = CONSENT_TITLES.get(code)
    return code if titles is None else titles["ru" if language == "ru" else "en"]


class _First:
    """The first sheet, from top to bottom."""

    def __init__(self, book: Book, proof: Proof, zone: str, language: str) -> None:
        self._book, self._proof, self._zone, self._language = book, proof, zone, language
        self._tz = tzinfo(zone)
        self._sheet = book.sheet(self._word("sheet"), print_scale=76)
        self._row = 0

    def write(self) -> None:
        """Write all of it."""
        for column, width in enumerate(WIDTHS):
            self._sheet.set_column(column, column, width)
        self._sheet.hide_gridlines(2)
        proof = self._proof
        self._line(self._word("title", number=spaced(proof.number)), height=32, font_size=20, bold=True)
        self._line(self._word("made", at=self._at(proof.at), zone=self._zone), font_color=GREY)
        self._line(self._word("advice"), font_color=GREY)
        if any(one.virtual for one in proof.calls) or any(one.virtual for one in proof.refusals):
            self._line(self._word("rehearsals"), height=22, bg_color="#FFF3D1", font_color="#6B4E00", bold=True)
        self._row += 1
        self._summary()
        self._heading("consents")
        for n, one in enumerate(proof.consents, 1):
            self._consent(n, one)
        if not proof.consents:
            self._line(self._word("none"), font_color=GREY)
        self._heading("stop_list")
        self._events(proof.stop_list)
        self._exclusions()

    def _word(self, key: str, **values: object) -> str:
        return proof_word(key, self._language, **values)

    def _at(self, moment: dt.datetime) -> str:
        return moment.astimezone(self._tz).strftime("%d.%m.%Y %H:%M:%S")

    # -- lines --

    def _line(self, text: str, *, height: float = 18, **look: Any) -> None:
        self._sheet.set_row(self._row, height)
        self._book.text(self._sheet, self._row, LABEL, text, **look)
        for column in range(VALUE, LAST + 1) if "bg_color" in look else ():
            self._book.text(self._sheet, self._row, column, "", **look)
        self._row += 1

    def _heading(self, key: str) -> None:
        self._row += 1
        self._line(self._word(key), height=24, font_size=13, bold=True, font_color=ACCENT)

    def _fact(self, label: str, value: str, **look: Any) -> None:
        """A label and a text of any length; long ones go over several rows, each no higher than Excel allows."""
        parts = _parts(value)
        for part, lines in parts:
            self._sheet.set_row(self._row, max(18, lines * LINE_POINTS + 4))
            edge: dict[str, Any] = {"bottom": 4, "bottom_color": LINE} if part is parts[-1][0] else {}
            edge |= {"valign": "vcenter" if lines == 1 else "top", "font_size": 10}
            self._book.text(self._sheet, self._row, LABEL, label, font_color=GREY, **edge)
            cell = {"text_wrap": True} | edge | look
            self._sheet.merge_range(self._row, VALUE, self._row, LAST, "", self._book.format(**cell))
            self._book.text(self._sheet, self._row, VALUE, part, **cell)
            label = ""
            self._row += 1

    # -- sections --

    def _summary(self) -> None:
        proof = self._proof
        if proof.listed_since is not None:
            may, colour = self._word("no_listed", at=self._at(proof.listed_since)), "#A61B1B"
        elif proof.others_listed:
            numbers = ", ".join(spaced(one) for one in proof.others_listed)
            may, colour = self._word("no_other", numbers=numbers), "#A61B1B"
        elif bankrupt := [one for one in proof.exclusions if one.taken_back_at is None]:
            where = ", ".join(one.project or self._word("everywhere") for one in bankrupt)
            may, colour = self._word("no_bankrupt", where=where), "#A61B1B"
        else:
            may, colour = self._word("yes"), "#1B6B3A"
        self._fact(self._word("may_call"), may, bold=True, font_color=colour)
        holding = len(proof.holding())
        revoked = sum(one.revoked_at is not None for one in proof.consents)
        told = self._word("consents_told", holding=holding, revoked=revoked)
        self._fact(self._word("consents"), told if proof.consents else self._word("none"))
        answered = sum(one.talk_s is not None for one in proof.calls)
        last = self._at(proof.calls[-1].at) if proof.calls else ""
        told = self._word("calls_told", calls=len(proof.calls), answered=answered, last=last)
        self._fact(self._word("calls"), told if proof.calls else self._word("none"))
        told = self._word("refusals_told", n=len(proof.refusals))
        self._fact(self._word("refusals"), told if proof.refusals else self._word("none"))

    def _exclusions(self) -> None:
        if not self._proof.exclusions:
            return
        self._heading("bankruptcy")
        for one in self._proof.exclusions:
            where = one.project or self._word("everywhere")
            told = self._word("bankrupt_told", at=self._at(one.at), where=where, by=one.recorded_by or "—")
            if one.taken_back_at is not None:
                back = {"at": self._at(one.taken_back_at), "by": one.taken_back_by, "why": one.taken_back_why}
                told += "; " + self._word("bankrupt_back", **back)
            self._fact(self._word("bankrupt"), told)

    def _consent(self, n: int, one: ConsentFact) -> None:
        title = self._word("consent", n=n, purpose=purpose_of(one.purpose, self._language))
        self._line(title, height=22, bold=True, bg_color=PALE, indent=1)
        self._fact(self._word("state"), self._state(one), bold=True)
        self._fact(self._word("given_at"), self._at(one.given_at))
        self._fact(self._word("source"), one.source)
        by = self._word("bearer") if one.person_key is None else self._word("person", who=one.person_key)
        self._fact(self._word("given_by"), by)
        if one.recorded_at is not None:
            told = self._word("recorded_told", at=self._at(one.recorded_at), by=one.recorded_by)
            self._fact(self._word("recorded"), told)
        self._fact(self._word("version"), one.text_version)
        self._fact(self._word("text"), one.text if one.text is not None else self._word("text_missing"))
        if one.text_digest is not None:
            self._fact(self._word("digest"), one.text_digest)
        self._row += 1

    def _state(self, one: ConsentFact) -> str:
        if one.revoked_at is None:
            return self._word("holds" if one.given_at <= self._proof.at else "not_yet")
        recorded = self._at(one.revoke_recorded_at) if one.revoke_recorded_at else "—"
        told = self._word(
            "revoked_told",
            at=self._at(one.revoked_at),
            source=one.revoked_source or "—",
            recorded_at=recorded,
            by=one.revoked_by or "—",
        )
        return f"{self._word('revoked')} {told}"

    def _events(self, events: Sequence[StopFact]) -> None:
        if not events:
            self._line(self._word("none"), font_color=GREY)
            return
        heads = ("at", "event", "event_source", "reason", "by")
        self._sheet.set_row(self._row, 20)
        for column, key in enumerate(heads, LABEL):
            look = {"bold": True, "bg_color": ACCENT, "font_color": "white", "font_size": 10}
            self._book.text(self._sheet, self._row, column, self._word(key), **look)
        self._row += 1
        for one in events:
            source = source_name(one.source, self._language)
            by = one.recorded_by or (self._word("in_call") if one.call_uuid else "—")
            cells = (self._at(one.at), self._word(one.kind), source, one.reason or "—", by)
            lines = max(ceil(len(cell) / width) for cell, width in zip(cells, WIDTHS[LABEL:], strict=True))
            self._sheet.set_row(self._row, max(18, lines * LINE_POINTS + 4))
            for column, cell in enumerate(cells, LABEL):
                look = {"font_size": 10, "text_wrap": True, "bottom": 4, "bottom_color": LINE}
                self._book.text(self._sheet, self._row, column, cell, **look)
            self._row += 1


def _parts(text: str) -> list[tuple[str, int]]:
    """The text in parts of at most MOST_LINES lines, each with its number of lines as it will be shown."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            if line and len(line) + 1 + len(word) > CHARACTERS:
                lines.append(line + " ")
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(line + "\n")
    taken = [lines[at : at + MOST_LINES] for at in range(0, len(lines), MOST_LINES)]
    return [("".join(part).rstrip(), sum(ceil(max(1, len(line)) / CHARACTERS) for line in part)) for part in taken]


def _sheet(key: str, proof: Proof, language: str) -> str:
    """A table's name, which stands at the foot of its pages: each of them says which number it is about."""
    return f"{proof_word(key, language)} {proof.number}"


def _calls(book: Book, proof: Proof, zone: str, language: str) -> None:
    columns = [
        Column(proof_word("at", language), "datetime"),
        Column(proof_word("campaign", language), most=36),
        Column(proof_word("purpose", language)),
        Column(proof_word("caller_id", language)),
        Column(proof_word("outcome", language)),
        Column(proof_word("talk", language), "length"),
        Column(proof_word("hangup_by", language)),
        Column(proof_word("legal_until", language), "datetime"),
        Column(proof_word("kind", language)),
    ]
    table = Table(book, _sheet("sheet_calls", proof, language), columns, zone=tzinfo(zone))
    for one in proof.calls:
        table.add(
            [
                one.at,
                one.campaign,
                purpose_of(one.purpose, language),
                one.caller_id,
                outcome(one.disposition, "dialing", language),
                None if one.talk_s is None else Sound(one.talk_s, ""),
                hangup_by(one.hangup_by, language),
                one.legal_until,
                proof_word("virtual" if one.virtual else "real", language),
            ]
        )
    table.finish()


def _refusals(book: Book, proof: Proof, zone: str, language: str) -> None:
    columns = [
        Column(proof_word("at", language), "datetime"),
        Column(proof_word("campaign", language), most=36),
        Column(proof_word("purpose", language)),
        Column(proof_word("why", language), most=70),
        Column(proof_word("next_at", language), width=24),
        Column(proof_word("kind", language)),
    ]
    table = Table(book, _sheet("sheet_refusals", proof, language), columns, zone=tzinfo(zone))
    for one in proof.refusals:
        table.add(
            [
                one.at,
                one.campaign,
                purpose_of(one.purpose, language),
                reason(one.rule, one.args, language),
                one.next_at if one.next_at is not None else proof_word("never", language),
                proof_word("virtual" if one.virtual else "real", language),
            ]
        )
    table.finish()
