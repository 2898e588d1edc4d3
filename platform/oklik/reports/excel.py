"""The Excel report of a campaign: summary, contacts, attempts, cells that calls have written, rejected rows.

The database is read in one snapshot and in streams; the file is written under another name in the same folder and takes
its name only when it is whole.  What the cells look like is book.py's business, the first sheet summary_sheet.py's.
"""

import datetime as dt
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine
from xlsxwriter.exceptions import XlsxWriterException

from oklik.campaigns import outcome_names
from oklik.campaigns.call_recordings import call_names
from oklik.dialing.call_recording import BESIDE, UNIQUE, name_of
from oklik.dialing.zones import tzinfo
from oklik.reports import rows
from oklik.reports.book import Book, Column, Kind, Sound, Table, distinct
from oklik.reports.csv_cells import CsvFile, CsvTable, csv_file
from oklik.reports.half_up import half_up
from oklik.reports.own_cells import own_cell
from oklik.reports.rejected_sheet import rejected_cells, rejected_columns, row_of_list
from oklik.reports.rows import Head, Totals
from oklik.reports.summary_sheet import SummarySheet, option_label
from oklik.reports.words import hangup_by, named, outcome, reason, word
from oklik.reports.zone_rules import zone_rules
from oklik.scenario.kinds.base import Question

PROGRESS_ROWS = 500
# Kinds of questions whose answers are no text.
_ANSWERED: dict[str, Kind] = {"number": "number", "money": "money", "date": "date", "voice": "length"}
# Column types that are no text.
_TYPED: dict[str, Kind] = {"money": "money", "number": "number", "date": "date", "time": "time"}


class ReportError(Exception):
    """The report cannot be written.  The message is one line and names the file; nothing was left behind."""


class ReportSummary(msgspec.Struct, frozen=True):
    """A report that was written: rows of its sheets."""

    path: str
    contacts: int
    attempts: int
    rejected: int


def write_report(
    engine_or_connection: Engine | Connection,
    campaign_id: int,
    path: str | Path,
    *,
    language: str = "ru",
    recordings: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ReportSummary:
    """Write the report of a campaign, finished or not; a file of this name is replaced.

    language: ru or en.  recordings: the folder beside the report where the answers by voice lie, to which it links;
    None: nothing is linked to.  progress: called now and then with rows written and rows in all.  With an Engine the
    data are of one moment (a read-only snapshot).  Raises ReportError when the file cannot be written, NoSuchCampaign.
    """
    path = Path(path)
    if isinstance(engine_or_connection, Connection):
        return _write(engine_or_connection, campaign_id, path, language, recordings, progress)
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine_or_connection.connect().execution_options(**options) as connection:
        return _write(connection, campaign_id, path, language, recordings, progress)


def _write(  # noqa: PLR0917  as _Report
    connection: Connection,
    campaign_id: int,
    path: Path,
    language: str,
    recordings: str | None,
    progress: Callable[[int, int], None] | None,
) -> ReportSummary:
    with named(outcome_names.pairs(connection)):
        head = rows.read_head(connection, campaign_id)
        totals = rows.read_totals(connection, head)
        with new_book(path, word("title", language), language) as book:
            counts = _Report(connection, book, head, totals, language, recordings, progress).write(book)
    return ReportSummary(str(path), *counts)


def write_contacts(
    engine: Engine,
    campaign_id: int,
    path: Path,
    *,
    language: str = "ru",
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the report's sheet of contacts alone, as CSV; gives their number.  Raises NoSuchCampaign."""
    options: Any = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, named(outcome_names.pairs(connection)):
        head = rows.read_head(connection, campaign_id)
        totals = rows.read_totals(connection, head)
        with csv_file(path, language) as file:
            return _Report(connection, file, head, totals, language, None, progress).contacts()


@contextmanager
def new_book(path: Path, title: str, language: str) -> Iterator[Book]:
    """A workbook to fill; the file is there, in the place of one of its name, when the block ends well.

    Raises ReportError.
    """
    with _whole_file(path) as part:
        book = Book(
            part,
            part.parent,
            title=title,
            heard_whole=word("heard_whole", language),
            cut_mark=word("cut", language),
            page=word("page", language),
        )
        try:
            yield book
            book.close()
        except BaseException:
            book.abandon()
            raise


@contextmanager
def _whole_file(path: Path) -> Iterator[Path]:
    """A path to write to; the file gets its name when the block ends well, else nothing of it remains."""
    try:
        with tempfile.TemporaryDirectory(
            prefix=".oklik-report-", dir=path.parent, ignore_cleanup_errors=True
        ) as folder:
            part = Path(folder) / "report.xlsx"
            yield part
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(path)
    except (OSError, XlsxWriterException) as error:
        why = getattr(error, "strerror", None) or str(error)
        _drop_archive(error)
        raise ReportError(f"{path}: the report cannot be written: {why}") from error


def _drop_archive(error: BaseException) -> None:
    """Let go of a half-made archive, which else would try to finish itself at some later time and complain aloud."""
    before, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        seen: BaseException | None = error
        while seen is not None:
            traceback.clear_frames(seen.__traceback__)
            seen = seen.__context__
    finally:
        sys.unraisablehook = before


class _Report:
    """One report being written."""

    def __init__(  # noqa: PLR0917  wide, but all of it is given once, in one place
        self,
        connection: Connection,
        book: Book | CsvFile,
        head: Head,
        totals: Totals,
        language: str,
        recordings: str | None,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._connection = connection
        self._book = book
        self._head = head
        self._totals = totals
        self._language = language
        self._recordings = recordings
        self._zone = tzinfo(head.zone)
        self._progress = progress or (lambda _done, _total: None)
        self._total = totals.contacts + totals.attempts + totals.returned + totals.skipped + totals.remarks
        self._done = 0
        self._template = head.record_name or BESIDE
        own = head.keeps_calls and recordings is not None and self._template not in UNIQUE
        self._names = call_names(connection, head.id, self._template) if own else None
        self._types = {header: head.scenario.types.get(name, "text") for name, header in head.mapped.items()}

    def write(self, book: Book) -> tuple[int, int, int]:
        """Write every sheet; gives the rows of contacts, attempts and rejected rows."""
        rules = zone_rules(self._connection, self._head.id).counts
        SummarySheet(book, self._head, self._totals, self._language, rules).write()
        contacts, attempts = self.contacts(), self._attempts()
        if self._head.writes:
            self._changes()
        counts = (contacts, attempts, self._rejected())
        self._progress(self._total, self._total)
        return counts

    def _word(self, key: str) -> str:
        return word(key, self._language)

    def _own_columns(self) -> list[Column]:
        """The customer's columns: what the scenario reads as amounts, dates, times, and texts, or what each was."""
        figures = self._head.figures
        return [
            Column(header, _TYPED.get(self._types.get(header, ""), "text"), own=True, figures=header in figures)
            for header in self._head.columns
        ]

    def _table(self, key: str, columns: Sequence[Column], *, freeze: int = 0) -> Table | CsvTable:
        told = distinct(columns, self._word("ours"))
        return self._book.table(self._word(key), told, zone=self._zone, freeze=freeze)

    def _fill(self, table: Table | CsvTable, source: Iterable[Any], cells: Callable[[Any], list[object]]) -> int:
        count = 0
        for row in source:
            table.add(cells(row))
            count += 1
            self._done += 1
            if self._done % PROGRESS_ROWS == 0:
                self._progress(self._done, self._total)
        table.finish()
        return count

    # -- contacts --

    def contacts(self) -> int:
        """Write the sheet of contacts; gives how many there are."""
        language = self._language
        questions = self._head.questions
        shown = self._head.columns
        columns = [
            *self._own_columns(),
            Column(self._word("outcome"), width=24),
            *self._heard_column(),
            Column(self._word("attempts"), "integer", width=10),
            *self._only_returned(Column(self._word("returned"), "integer", width=12)),
            Column(self._word("number_reached"), width=17),
            Column(self._word("last_attempt"), "datetime", width=17),
            Column(self._word("caller_id"), width=17),
            Column(self._word("talk"), "seconds", width=11),
            *self._recorded_column(),
            Column(self._word("hangup_by"), width=14),
            *(self._question_column(question) for question in questions),
            *([Column(self._word("tags"), most=34)] if self._head.gives_tags else []),
            Column(self._word("next_call"), "datetime", width=17),
            Column(self._word("why"), most=60),
        ]
        calls_on = self._head.state in ("running", "paused", "draft")

        types = self._types

        def cells(row: Any) -> list[object]:
            answers = row.answers or {}
            kinds = row.kinds or {}
            return [
                *(own_cell(row.fields.get(header), kinds.get(header), types.get(header)) for header in shown),
                outcome(None if row.state == "dialing" else row.disposition, row.state, language),
                *self._heard(row),
                row.attempts,
                *self._only_returned(row.returned or None),
                row.number if row.answered else None,
                row.last_at,
                _number(row.caller_id),
                _seconds(row.talk_s) if row.answered else None,
                *self._recorded_cell(row),
                hangup_by(row.hangup_by, language) if row.answered else None,
                *(self._answer(question, answers.get(question.name)) for question in questions),
                *([", ".join(row.tags or ()) or None] if self._head.gives_tags else []),
                row.due if row.state == "waiting" and calls_on else None,
                reason(row.reason, row.reason_args, language),
            ]

        table = self._table("sheet_contacts", columns, freeze=1)
        return self._fill(table, rows.contacts(self._connection, self._head), cells)

    def _only_returned(self, cell: Any) -> list[Any]:
        """A column or cell that is there only if people have called back."""
        return [cell] if self._totals.returned else []

    def _heard_column(self) -> list[Column]:
        """How much of the marked message was heard; there is no such thing where the scenario marks none."""
        return [Column(self._word("heard"), "heard", width=12)] if self._head.marks_message else []

    def _heard(self, row: Any) -> list[object]:
        return [None if row.heard is None else row.heard / 100] if self._head.marks_message else []

    def _question_column(self, question: Question) -> Column:
        title = question.title.get(self._language) or next(iter(question.title.values()), "") or question.name
        return Column(title, _ANSWERED.get(question.kind, "text"), most=34)

    def _answer(self, question: Question, given: list[Any] | None) -> str | dt.date | Sound | None:
        if given is None:
            return None
        value, label, *sound = given
        if question.kind == "voice":
            return self._voice(value, *sound)
        if question.kind == "date":
            with suppress(ValueError):
                return dt.date.fromisoformat(value)
        return value if question.kind in ("number", "money") else option_label(question, value, self._language, label)

    def _voice(self, value: str, path: str | None = None, seconds: float | None = None) -> Sound:
        """Its file, once it is beside the report, and how long that is."""
        file = f"{self._recordings}/{PurePosixPath(path).name}" if path and self._recordings else ""
        return Sound(float(value) if seconds is None else seconds, file)

    # -- attempts --

    def _name_header(self) -> str | None:
        """Under which header the person's name stands."""
        types = self._head.scenario.types
        return next((header for column, header in self._head.mapped.items() if types.get(column) == "name"), None)

    def _attempts(self) -> int:
        language = self._language
        named = self._name_header()
        columns = [
            Column(self._word("row"), "integer", width=9),
            *([Column(named, own=True)] if named else []),
            Column(self._word("number"), width=17),
            Column(self._word("attempt_n"), "integer", width=10),
            *self._only_returned(Column(self._word("called_by"), width=14)),
            Column(self._word("started"), "datetime", width=17),
            Column(self._word("outcome"), width=24),
            Column(self._word("ring"), "seconds", width=9),
            Column(self._word("talk"), "seconds", width=11),
            *self._heard_column(),
            Column(self._word("hangup_by"), width=14),
            Column(self._word("caller_id"), width=17),
            *self._recorded_column(),
            Column(self._word("sip"), "number", width=9),
        ]

        def cells(row: Any) -> list[object]:
            return [
                row.row_number,
                *([row.fields.get(named)] if named else []),
                row.number,
                row.n,
                *self._only_returned(self._word("called_by_them" if row.direction == "in" else "called_by_us")),
                row.started_at,
                word("under_way", language) if row.open else outcome(row.disposition or "unknown", "done", language),
                _seconds(row.ring_s),
                _seconds(row.talk_s) if row.answered else None,
                *self._heard(row),
                hangup_by(row.hangup_by, language) if row.answered else None,
                _number(row.caller_id),
                *self._recorded_cell(row),
                row.sip_status or None,
            ]

        table = self._table("sheet_attempts", columns)
        return self._fill(table, rows.attempts(self._connection, self._head), cells)

    def _recorded_column(self) -> list[Column]:
        """The recordings of calls; there is no such column where none are made."""
        return [Column(self._word("recorded_call"), "length", width=12)] if self._head.keeps_calls else []

    def _recorded_cell(self, row: Any) -> list[Sound | None]:
        return [self._recorded_call(row)] if self._head.keeps_calls else []

    def _recorded_call(self, row: Any) -> Sound | None:
        """The call's recording, or that of its first talk with an agent, once it is beside the report."""
        if row.path is None:
            return None
        seconds = row.kept_s if row.kept_s is not None else row.talk_s or 0.0  # it could not be compressed
        return Sound(seconds, f"{self._recordings}/{self._name_of(row)}" if self._recordings else "")

    def _name_of(self, row: Any) -> str:
        """The name of its file beside the report, as recordings_beside gives it."""
        if self._names is not None:
            return self._names[row.path]
        return name_of(
            self._template,
            uuid=row.uuid,
            part=row.part,
            n=row.nth,
            path=row.path,
            number=row.number,
            campaign=self._head.name,
            local=row.kept_at.astimezone(self._zone),
        )

    # -- what calls have written --

    def _changes(self) -> None:
        named = self._name_header()
        columns = [
            Column(self._word("row"), "integer", width=9),
            *([Column(named, own=True)] if named else []),
            Column(self._word("number"), width=17),
            Column(self._word("attempt_n"), "integer", width=10),
            Column(self._word("changed_at"), "datetime", width=17),
            Column(self._word("column"), most=34),
            Column(self._word("before")),
            Column(self._word("after")),
            Column(self._word("kept"), width=24),
        ]

        def cells(row: Any) -> list[object]:
            return [
                row.row_number,
                *([row.fields.get(named)] if named else []),
                row.number,
                row.n,
                row.at,
                row.header,
                row.before,
                row.after,
                self._word("kept_yes" if row.kept else "kept_no"),
            ]

        table = self._table("sheet_changes", columns)
        for row in rows.changes(self._connection, self._head):
            table.add(cells(row))
        table.finish()

    # -- rejected rows --

    def _rejected(self) -> int:
        headers, language = self._head.columns, self._language

        def cells(row: Any) -> list[object]:
            return rejected_cells(row_of_list(row, language), headers, language)

        table = self._table("sheet_rejected", rejected_columns(headers, language, taken=True))
        return self._fill(table, rows.rejected(self._connection, self._head), cells)


def _number(caller_id: str | None) -> str | None:
    """A number we showed; "-" stands for none."""
    return caller_id if caller_id and any(map(str.isdigit, caller_id)) else None


def _seconds(value: float | None) -> int | None:
    return None if value is None else half_up(value)
