"""The node kind that chooses the way by the time at the person's place."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from oklik.scenario.flow import Event
from oklik.scenario.kinds.base import About, Exit, Issue, Leave, Move, NodeBase, Visit, error, form_field, unexpected
from oklik.scenario.kinds.timetable import Opening, opening_issues


class HoursNode(NodeBase):
    """Chooses the way by the local time of the person: whether it lies in the timetable.

    The person hears nothing.  The time is that at which the call began, by the clock of the person's time zone; public
    holidays are those that the calling rules know.
    """

    kind_title: ClassVar = {"ru": "Время и день", "en": "Hours"}
    help_ru: ClassVar = (
        "Выбирает путь по местному времени человека: попадает ли оно в расписание. Человек ничего не слышит. "
        "Время — начало звонка в часовом поясе человека; праздники — те, что знают правила обзвона."
    )
    icon: ClassVar = "clock"
    family: ClassVar = "way"
    silent: ClassVar = True
    example: ClassVar[dict[str, Any]] = {
        "kind": "hours",
        "schedule": [
            {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "18:00"},
            {"days": ["sat"], "from": "10:00", "to": "15:00"},
        ],
        "exits": {"open": "agent", "closed": "later"},
    }

    kind: Literal["hours"]
    schedule: tuple[Opening, ...] = form_field(
        "Расписание",
        "Timetable",
        "Открыто, когда подходит хотя бы одна строка",
        "Open when any of the rows fits",
        widget="timetable",
        max_length=30,
    )
    holidays: bool = form_field(
        "Праздники — выходные",
        "Closed on holidays",
        "В государственный праздник закрыто весь день; выключите, если работаете и в праздники",
        "On a public holiday closed all day; turn off when holidays are days like others",
        widget="switch",
        default=True,
    )

    def exits(self) -> tuple[Exit, ...]:
        """Open, closed, and holiday, which leads where closed does unless it is connected."""
        holiday = (Exit(name="holiday", title={"ru": "Праздник", "en": "Holiday"}, shares="closed"),)
        return (
            Exit(name="open", title={"ru": "Открыто", "en": "Open"}),
            Exit(name="closed", title={"ru": "Закрыто", "en": "Closed"}),
            *(holiday if self.holidays else ()),
        )

    def enter(self, visit: Visit) -> Move:
        """Look at the clock."""
        if self.holidays and visit.holiday:
            return Leave("holiday")
        return Leave("open" if any(row.holds(visit.now) for row in self.schedule) else "closed")

    def resume(self, visit: Visit, event: Event) -> Move:
        """It never waits."""
        raise unexpected(visit.node, event)

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """There is a timetable, and its rows leave time."""
        del about
        if not self.schedule:
            ru, en = "В расписании нет ни одной строки", "The timetable has no rows"
            yield error(name, "schedule", "schedule_empty", ru, en)
        yield from opening_issues(name, "schedule", self.schedule)
