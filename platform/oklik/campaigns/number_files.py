"""Files of numbers for the stop list, and of consents: read by the list machinery, each wrong row named.

Good rows are taken though others are wrong: who asked for peace must not wait until a typing error is mended.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from oklik.campaigns.consents import ConsentRefused, Given, check_one
from oklik.campaigns.lists.headers import folded
from oklik.campaigns.lists.reading import Contact, OpenList, Rejected, open_list
from oklik.dialing.law.shapes import CONSENT_TITLES
from oklik.dialing.phones import read_phones
from oklik.dialing.rejections import Rejection, sentence
from oklik.dialing.zones import tzinfo


class Wrong(msgspec.Struct, frozen=True):
    """A row, or a number in it, that was not taken.  text: why, in "ru" and "en"; cells: the row, by column."""

    row: int
    text: dict[str, str]
    cells: dict[str, str] = {}


class LookedRow(msgspec.Struct, frozen=True):
    """A row before it is taken.  numbers: E.164; why: what is wrong in it; consent: what is kept of it, if anything."""

    row: int
    numbers: tuple[str, ...]
    cells: dict[str, str]
    why: tuple[dict[str, str], ...]
    consent: Given | None = None


class Looked(msgspec.Struct, frozen=True):
    """A file before it is taken.  rows: the first ones; taken: numbers or consents; wrong: rows that cannot be read."""

    columns: tuple[str, ...]
    rows: tuple[LookedRow, ...]
    taken: int
    wrong: tuple[Wrong, ...]


@dataclass
class Numbers:
    """Numbers of a file, E.164, and what was wrong in it."""

    numbers: list[str] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


@dataclass(frozen=True)
class Defaults:
    """What holds for the rows of a file of consents that do not say it themselves."""

    purpose: str | None = None
    source: str | None = None
    text_version: str | None = None
    text: str | None = None
    given_at: dt.datetime | None = None


def read_numbers(
    path: Path, *, sheet: str | None = None, phone_column: str | None = None, country: str = "RU"
) -> Numbers:
    """Read every number of a file.  Raises ListError when it cannot be used at all."""
    found = Numbers()
    seen: dict[str, None] = {}
    with open_list(path, sheet=sheet, phone_column=phone_column, country=country) as opened:
        for _row, phones, _fields in _rows(opened, found.wrong, country):
            seen.update(dict.fromkeys(phones))
    found.numbers = list(seen)
    return found


def read_consents(
    path: Path,
    defaults: Defaults,
    *,
    zone: str,
    now: dt.datetime,
    sheet: str | None = None,
    phone_column: str | None = None,
    country: str = "RU",
) -> tuple[list[Given], list[Wrong]]:
    """Read a file of consents: purpose, source, version, text and date by their headers, else by the defaults.

    zone: of the dates in it.  now: see consents.add.  Raises ListError.
    """
    given: list[Given] = []
    wrong: list[Wrong] = []
    with open_list(path, sheet=sheet, phone_column=phone_column, country=country) as opened:
        for _row, _fields, some in _consents(opened, wrong, defaults, zone, now, country):
            given += some
    return given, wrong


def look_at_consents(path: Path, defaults: Defaults, *, zone: str, now: dt.datetime, country: str = "RU") -> Looked:
    """Read a file as read_consents does, and tell what would come of it.  Raises ListError."""
    wrong: list[Wrong] = []
    rows: list[LookedRow] = []
    taken = 0
    with open_list(path, country=country) as opened:
        for row, fields, some in _consents(opened, wrong, defaults, zone, now, country):
            taken += len(some)
            if len(rows) < SHOWN and some:
                numbers = tuple(one.number for one in some)
                rows.append(LookedRow(row, numbers, _texts(fields), (), some[0]))
        return _looked(opened, rows, taken, wrong)


def look_at_numbers(path: Path, *, country: str = "RU") -> Looked:
    """Read a file as read_numbers does, and tell what would come of it.  Raises ListError."""
    wrong: list[Wrong] = []
    rows: list[LookedRow] = []
    seen: set[str] = set()
    with open_list(path, country=country) as opened:
        for row, phones, fields in _rows(opened, wrong, country):
            seen.update(phones)
            if len(rows) < SHOWN and phones:
                rows.append(LookedRow(row, tuple(phones), _texts(fields), ()))
        return _looked(opened, rows, len(seen), wrong)


SHOWN = 20  # rows of a file that are shown before it is taken


def _looked(opened: OpenList, rows: list[LookedRow], taken: int, wrong: list[Wrong]) -> Looked:
    found = {one.row: one for one in rows}
    for one in wrong:
        before = found.get(one.row) or LookedRow(one.row, (), one.cells, ())
        found[one.row] = msgspec.structs.replace(before, why=(*before.why, one.text))
    first = tuple(found[row] for row in sorted(found)[:SHOWN])
    return Looked(opened.columns, first, taken, tuple(wrong))


def _consents(  # noqa: PLR0917  a file and what it is read with
    opened: OpenList, wrong: list[Wrong], defaults: Defaults, zone: str, now: dt.datetime, country: str
) -> Iterator[tuple[int, Mapping[str, str], list[Given]]]:
    """Each row with the consents in it, one a number; what is wrong with it goes to `wrong`."""
    headers = {part: _header(opened.columns, words) for part, words in _HEADERS.items()}
    for row, phones, fields in _rows(opened, wrong, country):
        cells = {part: str(fields.get(header, "")).strip() for part, header in headers.items() if header}
        given: list[Given] = []
        try:
            for number in phones:
                one = _given(number, cells, defaults, zone)
                check_one(one, now)
                given.append(one)
        except ConsentRefused as refused:
            wrong.append(Wrong(row, refused.text, _texts(fields)))
        yield row, fields, given


_HEADERS: dict[str, re.Pattern[str]] = {
    "purpose": re.compile(r"^(?:цель|purpose)"),
    "source": re.compile(r"^(?:источник|где получено|откуда|source)"),
    "text_version": re.compile(r"^(?:версия|version|text version)"),
    "text": re.compile(r"^(?:текст|text)\b(?! version)"),
    "given_at": re.compile(r"^(?:дата|когда|получено|дано|given|date|when)"),
}


def _header(columns: tuple[str, ...], words: re.Pattern[str]) -> str | None:
    return next((name for name in columns if words.search(folded(name))), None)


def _rows(opened: OpenList, wrong: list[Wrong], country: str) -> Iterator[tuple[int, list[str], Mapping[str, str]]]:
    """Each row's numbers; what is wrong with it goes to `wrong`.  A number that stood higher up is no mistake."""
    for row in opened.rows():
        if isinstance(row, Contact):
            wrong += [
                _wrong(note.row, note.code, note.detail, row.fields)
                for note in row.notes
                if note.code is not Rejection.BAD_ZONE
            ]
            yield row.number, list(row.phones), row.fields
        elif isinstance(row, Rejected) and row.code is Rejection.DUPLICATE:
            phones = [
                phone
                for column in opened.phone_columns
                for phone in read_phones(str(row.fields.get(column, "")), country).numbers
            ]
            yield row.number, phones, row.fields
        elif isinstance(row, Rejected) and row.code is not Rejection.HEADER_AGAIN:
            wrong.append(_wrong(row.number, row.code, row.detail, row.fields))


def _wrong(row: int, code: Rejection, detail: str, fields: Mapping[str, str]) -> Wrong:
    return Wrong(row, {language: sentence(code, detail, language) for language in ("ru", "en")}, _texts(fields))


def _texts(fields: Mapping[str, str]) -> dict[str, str]:
    """Cells as texts: those of Excel know besides what they were there."""
    return {header: str(cell) for header, cell in fields.items()}


def _given(number: str, cells: Mapping[str, str], defaults: Defaults, zone: str) -> Given:
    moment = cells.get("given_at")
    given_at = read_moment(moment, zone) if moment else defaults.given_at
    if given_at is None:
        raise ConsentRefused("не сказано, когда дано согласие", "when the consent was given is missing")
    purpose = cells.get("purpose") or defaults.purpose
    if not purpose:
        raise ConsentRefused("не сказано, на какие звонки дано согласие", "the purpose of the calls is missing")
    return Given(
        number=number,
        purpose=purpose_code(purpose),
        source=cells.get("source") or defaults.source or "",
        text_version=cells.get("text_version") or defaults.text_version or "",
        text=cells.get("text") or defaults.text,
        given_at=given_at,
    )


def purpose_code(text: str) -> str:
    """Give the code of a purpose that is told by its code or its title; an unknown one is given back as it is."""
    wanted = folded(text)
    return next((code for code, titles in CONSENT_TITLES.items() if wanted in (code, *titles.values())), text)


_MOMENT = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T]+(\d{1,2}):(\d\d)(?::(\d\d))?)?")


def read_moment(text: str, zone: str) -> dt.datetime:
    """Give the instant of «05.03.2025», «05.03.2025 14:30» or ISO 8601; a day alone is its beginning.

    zone: where the text has none.  Raises ConsentRefused.
    """
    try:
        if match := _MOMENT.fullmatch(text.strip()):
            day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
            moment = dt.datetime(year, month, day, hour, minute, second, tzinfo=tzinfo(zone))
        else:
            moment = dt.datetime.fromisoformat(text.strip())
        local = moment if moment.tzinfo else moment.replace(tzinfo=tzinfo(zone))
        return local.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        shown = text.strip()[:40]
        raise ConsentRefused(
            f"«{shown}» — не дата; нужно, например, 05.03.2025 14:30", f"{shown!r} is no date; say 2025-03-05 14:30"
        ) from None
