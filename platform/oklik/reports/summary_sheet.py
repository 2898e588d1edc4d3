"""The first sheet: what ran, how it went, and each question with its distribution and chart.

A page one can print and hand over.  Tables stand in columns B to D, charts to their right; everything is written from
top to bottom, since the workbook keeps only one row in memory.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, NamedTuple

from oklik.dialing.zones import ZoneRule, tzinfo
from oklik.reports.book import ACCENT, FONT, GREY, INK, LINE, PALE, Book
from oklik.reports.half_up import half_up, percent
from oklik.reports.rows import Head, Totals
from oklik.reports.words import campaign_state, disposition_names, outcome, word
from oklik.scenario.document import PURPOSES
from oklik.scenario.kinds.base import Question

LABEL, COUNT, SHARE, CHART, LAST = 1, 2, 3, 5, 10  # columns of the grid
WIDTHS = {0: 2, LABEL: 36, COUNT: 12, SHARE: 10, 4: 2} | dict.fromkeys(range(CHART, LAST + 1), 11)
ROW_POINTS = 18
CHART_WIDTH = 480
CHART_ROWS_MIN = 8
PRINT_SCALE = 67  # per cent: the grid's width on A4 upright; a fit to the page's width would ignore our page breaks
PAGE_POINTS = 1100  # height of a page at this scale
NUMBERS_MAX = 31  # different numbers (days of a month) that a table shows one by one
MOST_FREQUENT = 15


class Share(NamedTuple):
    """A line of a distribution."""

    label: str
    contacts: int


class _Label(str):
    """A category that stays a text in the chart's cache, as it is in its cell, though it may look like a number."""

    __slots__ = ()

    def __float__(self) -> float:
        raise ValueError(self)


class SummarySheet:
    """Writes the sheet; the workbook's first."""

    def __init__(
        self, book: Book, head: Head, totals: Totals, language: str, zone_rules: Mapping[ZoneRule, int]
    ) -> None:
        self._book = book
        self._head = head
        self._totals = totals
        self._language = language
        self._zone_rules = zone_rules
        self._zone = tzinfo(head.zone)
        self._name = word("sheet_summary", language)
        self._sheet = book.sheet(self._name, print_scale=PRINT_SCALE)
        self._row = 0
        self._points = 0.0  # used up of the present page
        self._breaks: list[int] = []

    def write(self) -> None:
        """Write all of it."""
        sheet = self._sheet
        sheet.hide_gridlines(2)
        for column, width in WIDTHS.items():
            sheet.set_column(column, column, width)
        self._title()
        self._facts()
        self._figures()
        self._outcomes()
        for question in self._head.questions:
            self._question(question)
        sheet.set_h_pagebreaks(self._breaks)

    # -- the head --

    def _title(self) -> None:
        scenario = self._head.scenario
        self._next(10)
        self._line(self._text_of(scenario.title), height=32, font_size=20, bold=True)
        made_of = f"{self._word('title')}  ·  {self._head.source}"
        self._line(made_of, height=20, font_color=GREY)
        if self._head.virtual:
            self._banner(self._word("virtual"))
        if self._head.state != "done":
            self._banner(self._word("unfinished", state=campaign_state(self._head.state, self._language)))
        self._next()

    def _banner(self, text: str) -> None:
        self._next(6)
        self._line(text, height=24, bg_color="#FFF3D1", font_color="#6B4E00", bold=True, indent=1)

    def _facts(self) -> None:
        head, totals = self._head, self._totals
        self._fact(
            "scenario", self._word("scenario_value", title=self._text_of(head.scenario.title), number=head.version)
        )
        counts = {"contacts": totals.contacts, "rejected": totals.skipped, "remarks": totals.remarks}
        key = "list_value_noted" if totals.remarks else "list_value"
        self._fact("list", self._word(key, source=head.source, **counts))
        if head.purpose in PURPOSES:
            self._fact("purpose", PURPOSES[head.purpose][0 if self._language == "ru" else 1])
        if totals.first_at and totals.last_at:
            self._fact("period", self._period(totals.first_at, totals.last_at))
        if head.window:
            self._fact("hours", self._word("hours_value", zone=head.zone, **head.window))
        if totals.caller_ids:
            self._fact("caller_ids", ", ".join(totals.caller_ids[:10]) + (" …" if len(totals.caller_ids) > 10 else ""))
        if totals.returned:
            self._fact("returned_fact", self._word("returned_value", n=totals.returned))
        self._fact("zone", self._zone_name())
        if self._zone_rules:
            rules = (self._word(f"zone_rule_{rule}", n=n) for rule, n in self._zone_rules.items())
            self._fact("zone_rules", " · ".join(rules))
        self._next()

    def _fact(self, key: str, value: str) -> None:
        self._begin(ROW_POINTS)
        self._book.text(self._sheet, self._row, LABEL, self._word(key), font_color=GREY)
        self._book.text(self._sheet, self._row, COUNT, value)
        self._row += 1

    def _period(self, first: dt.datetime, last: dt.datetime) -> str:
        begin, end = first.astimezone(self._zone), last.astimezone(self._zone)
        if begin.date() == end.date():
            return f"{begin:%d.%m.%Y}, {begin:%H:%M}–{end:%H:%M}"
        return f"{begin:%d.%m.%Y %H:%M} – {end:%d.%m.%Y %H:%M}"

    def _zone_name(self) -> str:
        moment = self._totals.last_at or self._head.created_at
        minutes = int((moment.astimezone(self._zone).utcoffset() or dt.timedelta()).total_seconds() // 60)
        sign, (hours, rest) = "−" if minutes < 0 else "+", divmod(abs(minutes), 60)
        return f"{self._head.zone} (UTC{sign}{hours}{f':{rest:02}' if rest else ''})"

    # -- figures --

    def _figures(self) -> None:
        totals = self._totals
        average = half_up(totals.talk_s / totals.talks) if totals.talks else 0
        cards: tuple[tuple[tuple[int, int], object, str, str], ...] = (
            ((LABEL, LABEL), totals.contacts, "kpi_contacts", f"{self._word('attempts')}: {totals.attempts}"),
            ((COUNT, SHARE), totals.called, "kpi_called", self._of("of_contacts", totals.called, totals.contacts)),
            ((5, 6), totals.answered, "kpi_answered", self._of("of_called", totals.answered, totals.called)),
            ((7, 8), totals.responded, "kpi_talked", self._of("of_answered", totals.responded, totals.answered)),
            ((9, LAST), self._duration(average), "kpi_talk",
             self._word("in_all", time=self._duration(half_up(totals.talk_s)))),
        )  # fmt: skip
        rows: tuple[tuple[int, int, dict[str, Any]], ...] = (
            (0, 34, {"font_size": 20, "bold": True, "font_color": ACCENT}),
            (1, 16, {"font_size": 10}),
            (2, 18, {"font_size": 9, "font_color": GREY, "valign": "top"}),
        )
        for part, height, look in rows:
            self._begin(height)
            for columns, *parts in cards:
                shown = self._word(str(parts[1])) if part == 1 else parts[part]
                self._spread(columns, shown, bg_color=PALE, indent=1, align="left", **look)
            self._row += 1
        self._next()

    def _of(self, key: str, part: int, whole: int) -> str:
        return self._word(key, share=self._share(part, whole))

    def _spread(self, columns: tuple[int, int], value: object, **look: Any) -> None:
        """One value over some columns of the present row."""
        first, last = columns
        for column in range(first, last + 1):
            if column > first:
                self._sheet.write_blank(self._row, column, None, self._book.format(**look))
            elif isinstance(value, int):
                self._sheet.write_number(self._row, column, value, self._book.format(num_format="#,##0", **look))
            else:
                self._book.text(self._sheet, self._row, column, str(value), **look)

    # -- distributions --

    def _outcomes(self) -> None:
        names = disposition_names(self._language)
        totals = self._totals
        shares = [Share(names[code], count) for code, count in totals.dispositions.items()]
        shares += [Share(outcome(None, state, self._language), count) for state, count in totals.idle.items()]
        shares.sort(key=lambda share: (-share.contacts, share.label))
        self._block(self._word("block_outcomes"), "", self._word("outcome"), shares, "bar", counts=True)

    def _question(self, question: Question) -> None:
        given = self._totals.answers.get(question.name, {})
        block = "block_question" if question.asked else "block_noted"
        title = self._word(block, title=self._text_of(question.title) or question.name)
        number = sum(given.values())
        if not number or question.kind in ("text", "voice"):  # phone numbers and the like have no distribution
            self._keep_together(3)
            self._heading(title)
            nobody = self._word("nobody" if question.asked else "noted_nobody")
            note = self._word("answered_of", n=number, base=self._totals.answered) if number else nobody
            self._line(note, height=ROW_POINTS, font_color=GREY)
            self._next()
            return
        notes = [self._word("answered_of" if question.asked else "noted_of", n=number, base=self._totals.answered)]
        if question.kind != "choice":
            notes += self._number_notes(question, given)
            shares = self._number_shares(question, given)
        else:
            shares = self._choice_shares(question, given)
        columns = question.kind != "choice" and len(shares) > 2
        kind = "column" if columns else "bar"
        self._block(
            title,
            "  ·  ".join(notes),
            self._word("answer" if question.asked else "noted_value"),
            shares,
            kind,
            counts=columns,
        )

    def _choice_shares(self, question: Question, given: dict[str, int]) -> list[Share]:
        """Every option in its order, also what nobody chose; then values that are no option any more."""
        values = [*question.options, *sorted(set(given) - set(question.options))]
        return [Share(option_label(question, value, self._language), given.get(value, 0)) for value in values]

    def _number_shares(self, question: Question, given: dict[str, int]) -> list[Share]:
        if is_nps(question, given):
            return [Share(str(mark), given.get(str(mark), 0)) for mark in range(11)]
        given = {shown_answer(question, value): count for value, count in _by_value(given)}
        if question.options:  # a scale: also the marks that nobody gave
            given = dict.fromkeys(question.options, 0) | given
        if len(given) <= NUMBERS_MAX:
            return [Share(value, count) for value, count in given.items()]
        ranked = sorted(given, key=lambda value: -given[value])[:MOST_FREQUENT]
        shares = [Share(value, given[value]) for value in ranked]
        rest = sum(given.values()) - sum(share.contacts for share in shares)
        return [*shares, Share(self._word("others"), rest)]

    def _number_notes(self, question: Question, given: dict[str, int]) -> list[str]:
        if not all(value.isdecimal() for value in given):
            return []
        number = sum(given.values())
        if is_nps(question, given):
            high = sum(count for value, count in given.items() if int(value) >= 9)
            low = sum(count for value, count in given.items() if int(value) <= 6)
            score = half_up(Decimal((high - low) * 100) / number)
            shown = f"{score:+d}".replace("-", "−") if score else "0"
            return [
                self._word("nps", value=shown, high=self._share(high, number), low=self._share(low, number)),
            ]
        tenths = half_up(Decimal(sum(int(value) * count for value, count in given.items())) / number, 1)
        shown = f"{tenths // 10}{',' if self._language == 'ru' else '.'}{tenths % 10}"
        return [self._word("average", value=shown)]

    def _block(self, title: str, note: str, first: str, shares: Sequence[Share], kind: str, *, counts: bool) -> None:
        """A heading, a table of shares, and the chart beside it, of counts or of shares; all on one page."""
        rows = max(len(shares) + 2, CHART_ROWS_MIN)
        self._keep_together(rows + 3)
        self._heading(title)
        if note:
            self._line(note, height=ROW_POINTS, font_color=GREY)
        top = self._row
        total = sum(share.contacts for share in shares)
        head = {"bold": True, "font_color": GREY, "font_size": 10, "bottom": 1, "bottom_color": LINE}
        self._cells(first, self._word("count"), self._word("share"), head)
        for share in shares:
            line = {"bottom": 4, "bottom_color": LINE}
            self._cells(share.label, share.contacts, share.contacts / total if total else 0, line)
        self._cells(self._word("total"), total, 1 if total else 0, {"bold": True, "top": 1, "top_color": GREY})
        if total:
            self._chart(kind, title, top, shares, counts=counts)
        while self._row < top + rows:
            self._next()
        self._next()

    def _cells(self, label: str, count: object, share: object, look: dict[str, Any]) -> None:
        self._begin(ROW_POINTS)
        self._book.text(self._sheet, self._row, LABEL, label, **look)
        for column, value, number_format in ((COUNT, count, "#,##0"), (SHARE, share, "0.0%")):
            if isinstance(value, (int, float)):
                shown = self._book.format(num_format=number_format, align="right", **look)
                self._sheet.write_number(self._row, column, value, shown)
            else:
                self._book.text(self._sheet, self._row, column, str(value), align="right", **look)
        self._row += 1

    def _chart(self, kind: str, title: str, top: int, shares: Sequence[Share], *, counts: bool) -> None:
        chart = self._book.chart(kind)
        first, last = top + 1, top + len(shares)
        total = sum(share.contacts for share in shares)
        font = {"name": FONT, "size": 9, "color": INK}
        column = COUNT if counts else SHARE
        chart.add_series(
            {
                "name": title,
                "categories": [self._name, first, LABEL, last, LABEL],
                "values": [self._name, first, column, last, column],
                # viewers that do not compute show what is kept here
                "categories_data": [_Label(share.label) for share in shares],
                "values_data": [share.contacts if counts else share.contacts / total for share in shares],
                "fill": {"color": ACCENT},
                "gap": 40 if len(shares) > 4 else 110,
                "data_labels": {"value": True, "num_format": "#,##0;;" if counts else "0%;;", "font": font},
            }
        )
        names = {"num_font": font, "line": {"color": LINE}, "major_tick_mark": "none"}
        tallest = max(share.contacts for share in shares) / (1 if counts else total)
        # room for the label of the longest bar
        figures = {"visible": False, "major_gridlines": {"visible": False}, "min": 0, "max": tallest * 1.12}
        if kind == "bar":  # its categories stand on the vertical axis, the first one below unless reversed
            chart.set_y_axis(names | {"reverse": True})
            chart.set_x_axis(figures)
        else:
            chart.set_x_axis(names)
            chart.set_y_axis(figures)
        chart.set_title({"none": True})
        chart.set_legend({"none": True})
        chart.set_chartarea({"border": {"none": True}, "fill": {"none": True}})
        chart.set_plotarea({"fill": {"none": True}})
        rows = max(len(shares) + 2, CHART_ROWS_MIN) if kind == "bar" else CHART_ROWS_MIN + 1
        chart.set_size({"width": CHART_WIDTH, "height": rows * ROW_POINTS * 4 / 3})
        options = {"object_position": 1, "description": title, "x_offset": 4}
        self._sheet.insert_chart(top, CHART, chart, options)

    # -- small things --

    def _heading(self, text: str) -> None:
        self._line(text, height=24, font_size=13, bold=True, bottom=2, bottom_color=ACCENT)

    def _line(self, text: str, *, height: float, **look: Any) -> None:
        """A text across the page, in the look of the whole line."""
        self._begin(height)
        self._spread((LABEL, LAST), text, **look)
        self._row += 1

    def _next(self, points: float = ROW_POINTS) -> None:
        self._begin(points)
        self._row += 1

    def _begin(self, points: float) -> None:
        """Give the present row its height, and keep account of the page."""
        self._sheet.set_row(self._row, points)
        self._points += points

    def _keep_together(self, rows: int) -> None:
        """Begin a new page when so many rows do not fit on this one any more."""
        if self._points + rows * ROW_POINTS > PAGE_POINTS and self._points > PAGE_POINTS / 4:
            self._breaks.append(self._row)
            self._points = 0.0

    def _word(self, key: str, **values: object) -> str:
        return word(key, self._language, **values)

    def _text_of(self, by_language: str | dict[str, str]) -> str:
        if isinstance(by_language, str):
            return by_language
        first = next(iter(by_language.values()), "")
        return by_language.get(self._language) or by_language.get(self._head.scenario.languages[0]) or first

    def _share(self, part: int, whole: int) -> str:
        shown = percent(part, whole)
        return f"{shown}\u00a0%" if self._language == "ru" else f"{shown}%"

    def _duration(self, seconds: int) -> str:
        hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
        units = ("ч", "мин", "с") if self._language == "ru" else ("h", "min", "s")
        shown = [(hours, units[0]), (minutes, units[1])] if hours else [(minutes, units[1]), (rest, units[2])]
        return "\u00a0".join(f"{n}\u00a0{unit}" for n, unit in shown if n) or f"0\u00a0{units[2]}"


def option_label(question: Question, value: str, language: str, fallback: str = "") -> str:
    """What an answer is called: the option's label in this language, else in another, else what the call noted."""
    labels = question.options.get(value, {})
    return labels.get(language) or next(iter(labels.values()), "") or fallback or value


def is_nps(question: Question, given: dict[str, int]) -> bool:
    """Whether a question is a Net Promoter Score: called so, with marks from 0 to 10."""
    marks = {str(mark) for mark in range(11)}
    return "nps" in question.name.lower().split("_") and set(given) <= marks


def shown_answer(question: Question, value: str) -> str:
    """A keyed-in answer as people write it: dates as 31.12.2026, the rest as it is kept."""
    if question.kind == "date":
        with suppress(ValueError):
            return f"{dt.date.fromisoformat(value):%d.%m.%Y}"
    return value


def _by_value(given: dict[str, int]) -> list[tuple[str, int]]:
    """Answers with their counts, numbers and dates in their order."""
    return sorted(given.items(), key=lambda item: (_as_number(item[0]), item[0]))


def _as_number(value: str) -> float:
    return float(value) if value.isascii() and value.replace(".", "", 1).isdecimal() else float("inf")
