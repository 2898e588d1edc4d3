"""The public numbering register comes in from its files, and what it tells of a number.

The register is published as four files of comma-separated values, ABC-3xx, ABC-4xx, ABC-8xx and DEF-9xx: a heading
`АВС/ DEF;От;До;Емкость;Оператор;Регион;Территория ГАР;ИНН` (older ones end with the region), UTF-8 or cp1251, names of
operators with bare quotation marks in them, blanks and tabs around values.  A file takes the place of whatever was
known of the codes that begin with its digits, in one transaction.  The plan that calls are judged by is packed in the
same transaction, so that a dialer loads it in a few milliseconds and never sees half of it.
"""

import csv
import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine

from oklik.campaigns.lists.cells import clean
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.lists.table import refuse_no_text
from oklik.campaigns.lists.text_file import find_encoding
from oklik.campaigns.rows import run
from oklik.dialing.destinations import nature
from oklik.dialing.numbering import BadPlan, Block, NumberingPlan, block_of, columns_of, national
from oklik.dialing.regions import zones_of_region
from oklik.dialing.zones import ZoneRule, where
from oklik.store.numbering import current_plan, put_plan

FILES = {"3": "ABC-3xx", "4": "ABC-4xx", "8": "ABC-8xx", "9": "DEF-9xx"}
"""The register's files by the first digit of their codes."""
PROGRESS_ROWS = 10_000
MOST_SHOWN = 5  # of the rows that were refused
_BAD_SHARE = 100  # one row in so many may be wrong; with more of them it is no register


class Refused(NamedTuple):
    """A row that is no range: where it stands, and why, in "ru" and "en"."""

    line: int
    text: dict[str, str]


class ImportedFile(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one file.

    names: of the register's files whose place it took; before: ranges they had.  regions: how many there are;
    unknown: those whose zone nobody here knows, with the number of ranges, most first ("" for none at all).
    refused: rows that are no range, all of them counted and the first ones shown.
    """

    source: str
    names: list[str]
    ranges: int
    numbers: int
    before: int
    regions: int
    unknown: dict[str, int]
    refused: int
    shown: list[Refused]

    def to_json(self) -> dict[str, Any]:
        """Give JSON values by the fields' names."""
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a number.  operator, region: "" where the register has nothing; rule: what decides its zones."""

    number: str
    country: str
    kind: str
    operator: str
    region: str
    zones: list[str]
    rule: ZoneRule

    def to_json(self) -> dict[str, Any]:
        """Give JSON values by the fields' names."""
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]


def import_numbering(
    engine: Engine, path: Path, now: dt.datetime, progress: Callable[[int], None] = lambda _: None
) -> ImportedFile:
    """Bring one file of the register in; all of it or nothing.  Raises ListError when it cannot be used.

    progress: called with the number of lines read so far.
    """
    reading = _Reading(path, progress)
    with engine.begin() as conn:
        run(conn, "SELECT pg_advisory_xact_lock(hashtext('oklik numbering'))")
        run(conn, _INCOMING)
        _copy(conn, reading.rows())
        names, told = reading.names(), reading.told
        before = sum(
            run(
                conn,
                "DELETE FROM numbering_range WHERE first BETWEEN :low AND :high",
                low=int(digit) * 10**9,
                high=(int(digit) + 1) * 10**9 - 1,
            ).rowcount
            for digit in sorted(reading.digits)
        )
        run(
            conn,
            """INSERT INTO numbering_range (first, last, operator, region, territory, zones)
               SELECT first, last, operator, region, territory, zones FROM incoming_range ORDER BY first""",
        )
        for name, ranges in names.items():
            run(
                conn,
                """INSERT INTO numbering_file (name, source, digest, ranges, imported_at)
                   VALUES (:name, :source, :digest, :ranges, :now)
                   ON CONFLICT (name) DO UPDATE SET source = excluded.source, digest = excluded.digest,
                       ranges = excluded.ranges, imported_at = excluded.imported_at""",
                name=name,
                source=path.name,
                digest=reading.digest,
                ranges=ranges,
                now=now,
            )
        run(conn, "ANALYZE numbering_range")
        _pack(conn)
    return ImportedFile(
        source=path.name,
        names=list(names),
        ranges=sum(names.values()),
        numbers=reading.numbers,
        before=before,
        regions=len(told),
        unknown=dict(Counter({place: n for place, (n, known) in told.items() if not known}).most_common()),
        refused=reading.refused,
        shown=reading.shown,
    )


_INCOMING = """
CREATE TEMPORARY TABLE incoming_range (
    first bigint, last bigint, operator text, region text, territory text, zones text[]
) ON COMMIT DROP"""


class _Reading:
    """A file being read, and the sums of it."""

    def __init__(self, path: Path, progress: Callable[[int], None]) -> None:
        self._path, self._progress = path, progress
        refuse_no_text(path)
        with path.open("rb") as file:
            self.digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.digits: Counter[str] = Counter()
        self.told: dict[str, tuple[int, bool]] = {}
        self.numbers = self.refused = 0
        self.shown: list[Refused] = []

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Every range as a row of the temporary table.  Raises ListError."""
        starts: set[int] = set()
        for line, block, zones in self._blocks():
            if block.first in starts:
                self._refuse(line, _twice(line, block))
                continue
            starts.add(block.first)
            self.digits[str(block.first)[0]] += 1
            self.numbers += block.last - block.first + 1
            count, _ = self.told.get(block.place, (0, False))
            self.told[block.place] = (count + 1, bool(zones))
            yield block.first, block.last, block.operator, block.region, block.territory, zones
        if not starts or self.refused * _BAD_SHARE > len(starts):
            raise self._unusable()

    def names(self) -> dict[str, int]:
        """The register's files that this one is, with their ranges."""
        return {FILES.get(digit, f"{digit}xx"): count for digit, count in sorted(self.digits.items())}

    def _blocks(self) -> Iterator[tuple[int, Block, list[str]]]:
        lines = self._lines()
        places = self._header(lines)
        zones: dict[tuple[str, str], list[str]] = {}
        width = max(places.values()) + 1
        for line, cells in lines:
            if not any(cells):
                continue
            row = {name: cells[place] for name, place in places.items()} if len(cells) >= width else None
            try:
                block = block_of(row, line) if row is not None else _short(line)
            except BadPlan as error:
                self._refuse(line, error)
                continue
            key = block.region, block.territory
            if key not in zones:
                zones[key] = sorted(block.zones())
            yield line, block, zones[key]

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        """The cells by line.  Each line by itself: a stray quotation mark must not swallow the ones after it."""
        encoding = find_encoding(self._path)
        with self._path.open("r", encoding=encoding, errors="replace", newline=None) as file:
            for number, line in enumerate(file, 1):
                if number % PROGRESS_ROWS == 0:
                    self._progress(number)
                yield number, [clean(cell) for cell in _cells(line.rstrip("\n"))]

    def _header(self, lines: Iterator[tuple[int, list[str]]]) -> dict[str, int]:
        for line, cells in lines:
            if any(cells):
                try:
                    return columns_of(cells)
                except BadPlan as error:
                    raise ListError(self._path.name, error.text["ru"], error.text["en"], row=line) from None
        raise self._unusable()

    def _refuse(self, line: int, error: BadPlan) -> None:
        self.refused += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(Refused(line, error.text))

    def _unusable(self) -> ListError:
        if not self.shown:
            return ListError(self._path.name, "в файле нет ни одного диапазона", "there is no range in the file")
        first = self.shown[0].text
        ru, en = f"строк без диапазона: {self.refused}; {first['ru']}", f"rows without a range: {self.refused}; "
        return ListError(self._path.name, ru, en + first["en"])


_QUOTED = re.compile(r'(?:^|;)\s*"')


def _cells(line: str) -> list[str]:
    """A line's cells.  Quotation marks only quote where a spreadsheet has put them around whole cells."""
    if _QUOTED.search(line):
        try:
            return next(csv.reader([line], delimiter=";", strict=True, skipinitialspace=True), [])
        except csv.Error:
            pass  # a name that begins with a mark of its own
    return line.split(";")


def _twice(line: int, block: Block) -> BadPlan:
    return BadPlan(
        f"строка {line}: диапазон с номера {block.first} уже был", f"line {line}: a range from {block.first} was there"
    )


def _short(line: int) -> Block:
    raise BadPlan(f"строка {line}: не хватает столбцов", f"line {line}: columns are missing")


def _copy(conn: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    driver: Any = conn.connection.driver_connection
    columns = "COPY incoming_range (first, last, operator, region, territory, zones) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(columns) as copy:
        for row in rows:
            copy.write_row(row)


def _pack(conn: Connection) -> None:
    """Make the plan of all ranges anew."""
    rows = run(conn, "SELECT first, last, zones FROM numbering_range ORDER BY first")
    known: dict[tuple[str, ...], frozenset[str]] = {}
    plan = NumberingPlan(
        (row.first, row.last, known.setdefault(tuple(row.zones), frozenset(row.zones))) for row in rows
    )
    put_plan(conn, plan.pack())


def look(conn: Connection, number: str, base: str | None = None) -> Look:
    """Say what is known of an E.164 number.  base: zone of the list, where nothing surer tells."""
    digits = national(number)
    row = None
    if digits is not None:
        row = run(
            conn,
            """SELECT last, operator, region, territory FROM numbering_range
               WHERE first <= :digits ORDER BY first DESC LIMIT 1""",
            digits=digits,
        ).first()
        row = row if row is not None and row.last >= digits else None
    found, known = where(None, number, base, current_plan(conn)), nature(number)
    return Look(
        number=number,
        country=known.country,
        kind=known.kind,
        operator=row.operator if row else "",
        region=(row.region if zones_of_region(row.region) else row.territory or row.region) if row else "",
        zones=sorted(found.zones),
        rule=found.rule,
    )
