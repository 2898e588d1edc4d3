"""The calls that a filter lets through as a file: counted, by question and step, and one by one.

The report of all contacts is excel.py's; this is what the page of results shows under a filter, and says under which.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from oklik.campaigns.segments import segment
from oklik.dialing.zones import tzinfo
from oklik.reports.book import Book, Column, distinct
from oklik.reports.call_pages import Filter, Mark, calls
from oklik.reports.csv_cells import CsvFile, csv_file
from oklik.reports.excel import new_book
from oklik.reports.half_up import half_up
from oklik.reports.own_cells import own_cell
from oklik.reports.result_spans import results
from oklik.reports.results import Counts
from oklik.reports.scenario_shape import Shape, shape_of
from oklik.reports.wanted import SavedSegment, Wanted
from oklik.reports.words import disposition_names, word

CHUNK = 500
WORDS = {
    "sheet": ("Отбор", "Filter"),
    "answers": ("Ответы", "Answers"),
    "steps": ("Шаги", "Steps"),
    "calls": ("Звонки", "Calls"),
    "what": ("Что", "What"),
    "value": ("Значение", "Value"),
    "since": ("С", "From"),
    "until": ("До", "Until"),
    "segment": ("Сегмент", "Segment"),
    "version": ("Версия сценария, все кампании", "Scenario version, all campaigns"),
    "all": ("все", "all"),
    "attempts": ("Звонков", "Calls"),
    "answered": ("Взяли трубку", "Picked up"),
    "talk_s": ("Говорили, с", "Talked, s"),
    "left": ("Ещё не посчитано", "Not counted yet"),
    "question": ("Вопрос", "Question"),
    "answer": ("Ответ", "Answer"),
    "count": ("Сколько", "Count"),
    "share": ("Доля", "Share"),
    "step": ("Шаг", "Step"),
    "entered": ("Дошли", "Reached"),
    "exit": ("Выход", "Exit"),
    "by_exit": ("Пошли дальше", "Went on"),
    "hung_up": ("Положили трубку", "Hung up"),
    "second": ("Половина до секунды", "Half of them by second"),
}


def write_calls(
    engine: Engine,
    campaign_id: int,
    wanted: Wanted,
    path: Path,
    *,
    language: str,
    progress: Callable[[int, int], None],
) -> None:
    """Write the calls that are wanted, as .xlsx or .csv by the file's name.

    Raises NoSuchSegment, NoSuchVersion, ReportError.
    """
    options: Any = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as conn:
        file = _File(conn, campaign_id, wanted, language, progress)
        if path.suffix == ".xlsx":
            file.book(path)
        else:
            file.csv(path)


class _File:
    """One file being written."""

    def __init__(
        self,
        conn: Connection,
        campaign_id: int,
        wanted: Wanted,
        language: str,
        progress: Callable[[int, int], None],
    ) -> None:
        self._conn, self._campaign, self._wanted, self._language = conn, campaign_id, wanted, language
        self._progress = progress
        self._shape: Shape = shape_of(conn, campaign_id, wanted.version)
        self._counts: Counts = results(conn, campaign_id, wanted)
        head = conn.execute(
            text(
                """SELECT c.zone, c.name, l.columns FROM campaign c JOIN contact_list l ON l.id = c.list_id
                   WHERE c.id = :id"""
            ),
            {"id": campaign_id},
        ).one()
        self._zone, self._name, self._columns = tzinfo(head.zone), head.name, [str(one) for one in head.columns]

    def _word(self, key: str) -> str:
        return WORDS[key][0 if self._language == "ru" else 1]

    def book(self, path: Path) -> None:
        """Write the workbook."""
        with new_book(path, self._name, self._language) as book:
            head = [Column(self._word("what"), width=34), Column(self._word("value"))]
            self._table(book, "sheet", head, self._head())
            self._table(book, "answers", self._answer_columns(), self._answers())
            self._table(book, "steps", self._step_columns(), self._steps())
            self._table(book, "calls", self._call_columns(), self._calls(), freeze=1)

    def csv(self, path: Path) -> None:
        """Write the calls one by one."""
        with csv_file(path, self._language) as file:
            self._table(file, "calls", self._call_columns(), self._calls())

    def _table(
        self,
        book: Book | CsvFile,
        key: str,
        columns: Sequence[Column],
        cells: Iterator[list[object]],
        *,
        freeze: int = 0,
    ) -> None:
        told = distinct(columns, word("ours", self._language))
        table = book.table(self._word(key), told, zone=self._zone, freeze=freeze)
        for row in cells:
            table.add(row)
        table.finish()

    # -- what is in the sheets --

    def _head(self) -> Iterator[list[object]]:
        wanted, counts = self._wanted, self._counts
        yield [self._word("since"), self._told(wanted.since)]
        yield [self._word("until"), self._told(wanted.until)]
        yield [self._word("segment"), self._segment()]
        yield [self._word("version"), str(wanted.version or "—")]
        yield [self._word("attempts"), str(counts.attempts)]
        yield [self._word("answered"), str(counts.answered)]
        yield [self._word("talk_s"), str(round(counts.talk_s))]
        if counts.left:
            yield [self._word("left"), str(counts.left)]

    def _told(self, moment: dt.datetime | None) -> str:
        return self._word("all") if moment is None else f"{moment.astimezone(self._zone):%d.%m.%Y %H:%M}"

    def _segment(self) -> str:
        given = self._wanted.segment
        if given is None:
            return self._word("all")
        if isinstance(given, SavedSegment):
            return segment(self._conn, given.id).name
        return f"{given.header}: {given.value}"

    def _answer_columns(self) -> list[Column]:
        return [
            Column(self._word("question"), most=60, wrap=True),
            Column(self._word("answer"), width=30),
            Column(self._word("count"), "integer", width=12),
            Column(self._word("share"), width=10),
        ]

    def _answers(self) -> Iterator[list[object]]:
        for question in self._shape.answers(self._counts.answers, self._language):
            total = question["total"]
            for one in question["values"]:
                share = f"{100 * one['count'] / total:.0f} %" if total else "—"
                yield [question["title"], one["label"], one["count"], share]

    def _step_columns(self) -> list[Column]:
        return [
            Column(self._word("step"), width=34),
            Column(self._word("entered"), "integer", width=12),
            Column(self._word("exit"), width=30),
            Column(self._word("by_exit"), "integer", width=14),
            Column(self._word("hung_up"), "integer", width=16),
            Column(self._word("second"), "integer", width=20),
        ]

    def _steps(self) -> Iterator[list[object]]:
        for stage in self._shape.funnel(self._counts, self._language):
            gone = [stage["hung_up"], stage["hung_up_second"]]
            exits: list[Mapping[str, Any]] = stage["exits"] or [{"title": None, "count": None}]
            for at, one in enumerate(exits):
                first = [stage["title"], stage["entered"]] if at == 0 else [stage["title"], None]
                yield [*first, one["title"], one["count"], *(gone if at == 0 else [None, None])]

    def _call_columns(self) -> list[Column]:
        ours = [
            Column(word("started", self._language), "datetime", width=17),
            Column(word("number", self._language), width=17),
            Column(word("outcome", self._language), width=24),
            Column(word("talk", self._language), "seconds", width=11),
        ]
        asked = [
            Column(self._shape.question_title(one, self._language), most=34, wrap=True) for one in self._shape.questions
        ]
        return [*ours, *(Column(name, own=True) for name in self._columns), *asked]

    def _calls(self) -> Iterator[list[object]]:
        names = disposition_names(self._language)
        mark: Mark | None = None
        wanted = Filter(wanted=self._wanted, descending=False)
        done, total = 0, self._counts.attempts + self._counts.returned + self._counts.left
        while True:
            page = calls(self._conn, self._campaign, CHUNK, mark, wanted)
            for row in page.calls:
                yield self._cells(row, names)
            done += len(page.calls)
            self._progress(done, max(total, done))
            mark = page.next
            if mark is None:
                return

    def _cells(self, row: Row[Any], names: Mapping[str, str]) -> list[object]:
        answers = row.answers or {}
        told = [answers.get(one.name, (None, None)) for one in self._shape.questions]
        kinds = row.kinds or {}
        cells = (own_cell(row.fields.get(name), kinds.get(name), None) for name in self._columns)
        return [
            row.started_at,
            row.number,
            names.get(row.disposition or "?"),
            half_up(row.talk_s or 0) if row.answered else None,
            *cells,
            *(label or value for value, label in told),
        ]
