"""The ledger of `oklik campaign why` on a terminal: a bar for every reason, with rows to look up and what to do."""

import datetime as dt

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from oklik.dialing.zones import tzinfo
from oklik.messages import say
from oklik.reports.why import Entry, Ledger
from oklik.reports.why_words import FINISHED, SECTIONS, Section, advice, entry_words, title

_BAR = 16
_COLOURS = {Section.CALLING: "green", Section.DUE: "red", Section.REACHED: "green", Section.BARRED: "yellow"}


def view(ledger: Ledger, language: str) -> RenderableType:
    """Give what is printed; its sum is that of the list."""
    now = _clock(ledger.now, ledger)
    state = say(f"state_{ledger.state}", language)
    head = say("why_head", language, id=ledger.campaign_id, name=ledger.name, state=state, now=now, zone=ledger.zone)
    parts: list[RenderableType] = [
        Text(head, "bold"),
        Text(ledger.headline(language, terminal=True)),
        _dialers(ledger, language),
    ]
    table = Table(show_header=False, box=None, pad_edge=False, expand=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(width=_BAR)
    table.add_column(overflow="fold")
    for section in SECTIONS:
        if entries := ledger.of(section):
            table.add_row(str(sum(one.count for one in entries)), "", Text(title(section, language), "bold"))
            for entry in entries:
                _add(table, ledger, entry, language)
    parts += [table, Text(say("why_sum", language, total=ledger.total, rows=ledger.rows), "dim")]
    return Group(*parts)


def _add(table: Table, ledger: Ledger, entry: Entry, language: str) -> None:
    words = entry_words(entry.section, entry.code, entry.args, language)
    if entry.next_at is not None:
        words += " · " + say("why_next", language, at=_clock(entry.next_at, ledger))
    told = Text(words)
    sample = ", ".join(say("why_row", language, row=one.row, number=one.number).strip() for one in entry.sample)
    if sample:
        told.append(f"\n{sample}" + (", …" if entry.count > len(entry.sample) else ""), "dim")
    if entry.section not in FINISHED or entry.section in (Section.BARRED, Section.REJECTED):
        told.append(f"\n→ {advice(entry.section, entry.code, language, terminal=True)}", "cyan")
    bar = ProgressBar(
        total=max(1, ledger.rows), completed=entry.count, width=_BAR, complete_style=_COLOURS.get(entry.section, "blue")
    )
    table.add_row(str(entry.count), bar, told)


def _dialers(ledger: Ledger, language: str) -> Text:
    if not ledger.dialers:
        return Text(say("why_no_dialers", language), "dim")
    lines = []
    for one in ledger.dialers:
        key = "why_dialer" if one.alive else "why_dialer_gone"
        state = say(f"dialer_{one.state}", language)
        lines.append(
            say(
                key,
                language,
                node=one.node,
                state=state,
                legs=one.legs,
                channels=one.channels,
                cps=one.cps,
                ago=_span(one.seen_s, language),
            )
        )
    return Text("\n".join(lines), "dim")


def _span(seconds: float, language: str) -> str:
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return say(f"ago_{unit}", language, n=int(seconds // length))
    return say("ago_seconds", language, n=int(seconds))


def _clock(moment: dt.datetime, ledger: Ledger) -> str:
    local = moment.astimezone(tzinfo(ledger.zone))
    today = ledger.now.astimezone(tzinfo(ledger.zone)).date()
    return local.strftime("%H:%M" if local.date() == today and moment is not ledger.now else "%d.%m.%Y %H:%M")
