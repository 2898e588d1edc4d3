"""A launch check for people: tables and bars by rich, in Russian or English."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from oklik.campaigns.preflight_result import Preflight
from oklik.dialing.sentences import sentence
from oklik.dialing.zones import tzinfo
from oklik.messages import say

_BARS = " ▁▂▃▄▅▆▇█"
_MOST_NAMES = 3


def show(found: Preflight, console: Console, language: str) -> None:
    """Print all of it."""
    console.print(_View(found, language).all(), highlight=False)


class _View:
    def __init__(self, found: Preflight, language: str) -> None:
        self._found, self._language = found, language
        self._zone = tzinfo(found.zone)

    def all(self) -> RenderableType:
        """The whole page."""
        found = self._found
        head = [Text(self._say("pf_title", name=found.name), style="bold")]
        head.append(Text(self._say("pf_at", at=self._local(found.at), zone=found.zone), style="dim"))
        if found.virtual:
            head.append(Text(self._say("pf_virtual"), style="yellow"))
        parts: list[RenderableType] = [
            *head,
            *self._part("pf_people", self._people()),
            *self._lines(self._marks()),
            *self._part("pf_hours", self._hours()),
            *self._part("pf_local", self._local_hours()),
            *self._part("pf_forecast", self._forecast()),
            *self._part("pf_cost", self._cost()),
            *self._part("pf_list", self._list()),
            *self._part("pf_speech", self._speech()),
            Text(),
            Text(self._say("pf_no_advice"), style="dim"),
        ]
        return Group(*parts)

    def _part(self, title: str, what: RenderableType | Sequence[str]) -> Iterator[RenderableType]:
        yield Text()
        yield Text(self._say(title), style="bold")
        if isinstance(what, Sequence):
            yield from self._lines(what)
        else:
            yield Padding(what, (0, 0, 0, 2))

    @staticmethod
    def _lines(lines: Sequence[str]) -> list[RenderableType]:
        return [Padding(Text(line), (0, 0, 0, 2)) for line in lines]

    def _people(self) -> Table:
        found = self._found
        table = _table("left", "right", "left")
        table.add_row(self._say("pf_contacts"), _number(found.contacts))
        if found.over:
            table.add_row(self._say("pf_over"), _number(found.over))
        table.add_row(self._say("pf_allowed"), _number(found.allowed), style="green")
        for one in found.blocked:
            why = self._say("pf_never") if one.next_at is None else self._moment("pf_next", one.next_at)
            style = "red" if one.next_at is None else None
            table.add_row(
                Text(f"{self._say('pf_blocked')}: {sentence(one.rule, one.args, self._language)}"),
                _number(one.contacts),
                why,
                style=style,
            )
        table.add_row(self._say("pf_reachable", days=found.days), _number(found.reachable))
        return table

    def _marks(self) -> list[str]:
        found = self._found
        lines = []
        if found.first_stop is not None:
            lines.append(self._moment("pf_first_stop", found.first_stop.at, n=_number(found.first_stop.contacts)))
        rules = " · ".join(self._say(f"zone_rule_{rule}", n=_number(n)) for rule, n in found.zone_rules.items())
        if rules:
            lines.append(self._say("zone_rules", rules=rules))
        if (gone := found.unplaced) is not None:
            left, usual = gone.hours_left, gone.hours_usual
            lines.append(self._say("pf_unplaced", n=_number(gone.contacts), left=left, usual=usual))
        return lines

    def _hours(self) -> Table:
        days: dict[dt.date, list[int]] = {}
        for one in self._found.hours:
            local = one.at.astimezone(self._zone)
            days.setdefault(local.date(), [0] * 24)[local.hour] = one.contacts
        named = {f"{self._weekday(day.weekday())} {day:%d.%m}": counts for day, counts in days.items()}
        return self._bars(named)

    def _local_hours(self) -> Table:
        return self._bars({self._weekday(n): counts for n, counts in enumerate(self._found.local_hours)})

    def _bars(self, days: Mapping[str, Sequence[int]]) -> Table:
        most = max((max(counts) for counts in days.values()), default=0)
        table = _table("left", "left", "right")
        table.add_row(Text(self._say("pf_day"), style="dim"), Text(self._say("pf_0_24"), style="dim"),
                      Text(self._say("pf_most"), style="dim"))  # fmt: skip
        for name, counts in days.items():
            table.add_row(name, Text(_bar(counts, most), style="cyan"), _number(max(counts)))
        return table

    def _forecast(self) -> RenderableType:
        seen = self._found.forecast
        table = _table("left", "right")
        each = " / ".join(_number(n) for n in seen.attempts)
        table.add_row(self._say("pf_attempts", each=each or "0"), _number(sum(seen.attempts)))
        table.add_row(self._say("pf_talks"), _number(seen.talks))
        table.add_row(self._say("pf_minutes"), _number(seen.talk_minutes))
        table.add_row(self._say("pf_lines"), _number(seen.calls_per_hour))
        nothing = "pf_no_end" if seen.attempts else "pf_nobody"
        ends = self._say(nothing) if seen.ends_at is None else self._moment("pf_ends_at", seen.ends_at)
        table.add_row(self._say("pf_ends"), ends, style="bold")
        rates = seen.rates
        told: dict[str, Any] = {"answered": rates.answered, "ring_s": rates.ring_s, "talk_s": rates.talk_s}
        key = "pf_measured" if rates.attempts else "pf_assumed"
        note = Text(self._say(key, n=_number(rates.attempts), **told), style="dim" if rates.attempts else "yellow")
        return Group(table, note)

    def _cost(self) -> RenderableType | list[str]:
        cost = self._found.cost
        if cost is None:
            return [self._say("pf_no_price")]
        table = _table("left", "right")
        currency = cost.currency
        each = " / ".join(f"{part:.2f}" for part in cost.by_attempt)
        attempts = f"{sum(cost.by_attempt):.2f} {currency}"
        price = f"{cost.attempt_price} {currency}"
        table.add_row(self._say("pf_cost_attempts", price=price, each=each or "0"), attempts)
        minutes = self._say("pf_cost_minutes", n=_number(cost.minutes), price=f"{cost.minute_price} {currency}")
        table.add_row(minutes, f"{cost.minutes * cost.minute_price:.2f} {currency}")
        table.add_row(self._say("pf_cost_total"), f"{cost.total:.2f} {currency}", style="bold")
        if not cost.unpriced_percent:
            return table
        return Group(table, Text(self._say("pf_cost_unpriced", percent=cost.unpriced_percent), style="yellow"))

    def _list(self) -> list[str]:
        twice, lines = self._found.duplicates, []
        if twice.persons:
            lines.append(self._say("pf_twice", persons=_number(twice.persons), contacts=_number(twice.contacts)))
        if twice.rejected:
            lines.append(self._say("pf_rejected", n=_number(twice.rejected)))
        if twice.elsewhere:
            names = [f"{name}: {_number(n)}" for name, n in twice.by_campaign.items()]
            shown = ", ".join(names[:_MOST_NAMES]) + (" …" if len(names) > _MOST_NAMES else "")
            lines.append(self._say("pf_elsewhere", n=_number(twice.elsewhere), names=shown))
        for one in self._found.unfilled:
            if one.header is None:
                lines.append(self._say("pf_column_missing", title=one.title))
            else:
                key = "pf_empty_required" if one.required else "pf_empty"
                lines.append(self._say(key, title=one.title, n=_number(one.contacts)))
        return lines or [self._say("pf_list_fine")]

    def _speech(self) -> RenderableType:
        speech = self._found.speech
        table = _table("left", "right")
        table.add_row(self._say("pf_speech_ready"), _number(speech.ready))
        if speech.waiting:
            table.add_row(self._say("pf_speech_waiting"), _number(speech.waiting), style="yellow")
        unknown = {"detail": "…", "title": "…", "value": "…"}
        told = {self._say("pf_speech_failed", why=sentence(code, unknown, self._language)): n
                for code, n in speech.failed.items()}  # fmt: skip
        for why, n in told.items():
            table.add_row(Text(why), _number(n), style="red")
        if speech.trouble is None:
            return table
        return Group(table, Text(self._say("pf_speech_trouble", why=speech.trouble), style="red"))

    def _say(self, key: str, **values: object) -> str:
        return say(key, self._language, **values)

    def _moment(self, key: str, at: dt.datetime, **more: object) -> str:
        return self._say(key, at=self._local(at), **more)

    def _local(self, at: dt.datetime) -> dt.datetime:
        return at.astimezone(self._zone)

    def _weekday(self, n: int) -> str:
        return self._say(f"weekday_{n}")


def _table(*sides: Any) -> Table:
    table = Table.grid(padding=(0, 2))
    for side in sides:
        table.add_column(justify=side)
    return table


def _bar(counts: Sequence[int], most: int) -> str:
    """A character an hour; whatever is more than nothing shows."""
    if not most:
        return " " * len(counts)
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] for count in counts)


def _number(n: int) -> str:
    """Thousands apart by a narrow space."""
    digits = str(n)
    groups = [digits[max(0, end - 3) : end] for end in range(len(digits), 0, -3)]
    return "\u202f".join(reversed(groups))
