"""The node kind that runs a function of an installed plug-in: an algorithm of one's own."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Annotated, Any, ClassVar, Literal

from pydantic import StringConstraints

from oklik.scenario.flow import Event, Hook, HookEnded, HookRun
from oklik.scenario.kinds.base import About, Exit, Issue, Leave, Move, Name, Slug, Visit, error, form_field, unexpected
from oklik.scenario.kinds.fetched import Fetched
from oklik.scenario.kinds.fetching import FAILED, MOST_TRIALS, FetchingNode, fault_line
from oklik.scenario.needs import HookShape, Need
from oklik.scenario.substitute import fill, malformed, names

HookName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,59}$")]
Filled = Annotated[str, StringConstraints(max_length=500)]


class Result(Fetched):
    """A variable that gets a value from the function."""

    value: Name | None = form_field(
        "Значение",
        "Value",
        "Как оно называется у функции; если не указано — как переменная",
        "What the function calls it; as the variable is called if it is left out",
        widget="name",
        default=None,
    )


class HookNode(FetchingNode):
    """Runs a Python function of a plug-in that is installed on this machine, and goes on by the exit it chooses.

    The function sees the arguments and nothing else. It runs in a process of its own, which is killed when the time is
    up. How to write one is told in [plugins.md](plugins.md).
    """

    kind_title: ClassVar = {"ru": "Свой алгоритм", "en": "Own algorithm"}
    help_ru: ClassVar = (
        "Выполняет функцию на Python из установленного дополнения и идёт по исходу, который она выбрала. Функция видит "
        "только то, что ей передано; если время вышло, её останавливают и путь ведёт по исходу «Не получилось»."
    )
    icon: ClassVar = "function"
    family: ClassVar = "beyond"
    exits_from: ClassVar = ("outcomes", "")
    example: ClassVar[dict[str, Any]] = {
        "kind": "hook",
        "hook": "scoring.offer",
        "arguments": {"debt": "{{ debt }}", "days": "{{ days }}"},
        "outcomes": ["discount", "nothing"],
        "answers": {"percent": {"type": "number", "min": 1, "max": 50, "example": "10"}},
        "exits": {"discount": "offer", "nothing": "bye", "failed": "bye"},
    }

    kind: Literal["hook"]
    hook: HookName = form_field(
        "Функция", "Function", "Под каким именем её зарегистрировало дополнение", "Its registered name", widget="name"
    )
    arguments: dict[Name, Filled] = form_field(
        "Что передать",
        "Arguments",
        "Текст; {{ имя }} подставляет столбец, переменную или ответ",
        "Texts; {{ name }} puts in a column, a variable or an answer",
        widget="mapping",
        default={},
        max_length=30,
    )
    outcomes: tuple[Slug, ...] = form_field(
        "Исходы",
        "Outcomes",
        "Исходы, которые выбирает функция",
        "The exits that the function chooses from",
        widget="list",
        default=("done",),
        min_length=1,
        max_length=20,
    )
    timeout_s: float = form_field(
        "Ждать, с",
        "Wait, s",
        "Дольше — функцию останавливают",
        "After that the function is killed",
        widget="seconds",
        default=2.0,
        ge=0.5,
        le=20,
    )
    answers: dict[Name, Result] = form_field(
        "Что взять из ответа",
        "Answers",
        "Переменные, которые получают значения",
        "Variables that get a value",
        widget="answers",
        default={},
        max_length=30,
    )

    def exits(self) -> tuple[Exit, ...]:
        """Those that the function chooses from; and failed: no answer in time, an error, a value that does not fit."""
        chosen = (Exit(name=name, title={"ru": name, "en": name}) for name in self._outcomes)
        return (*chosen, Exit(name=FAILED, title={"ru": "Не получилось", "en": "Failed"}))

    @property
    def _outcomes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name in self.outcomes if name != FAILED))

    @property
    def wanted(self) -> Mapping[str, Fetched]:
        """The answers."""
        return self.answers

    @property
    def patience_s(self) -> float:
        """The whole time."""
        return self.timeout_s

    # -- the run --

    def enter(self, visit: Visit) -> Move:
        """Have it run."""
        return Hook(
            node=visit.node,
            hook=self.hook,
            arguments={name: fill(text, visit.values) for name, text in self.arguments.items()},
            timeout_s=self.timeout_s,
            wanted={name: answer.value or name for name, answer in self.answers.items()},
            waiting=visit.say("waiting"),
        )

    def resume(self, visit: Visit, event: Event) -> Move:
        """Go by its exit if all its values fit."""
        if not isinstance(event, HookEnded):
            raise unexpected(visit.node, event)
        fault = event.fault or "failed"
        if event.ok:
            fault = "" if event.exit in self._outcomes else "it chose an exit that the node has not"
            fault = fault or self.taken(visit, event.values)
        visit.note(HookRun(node=visit.node, hook=self.hook, ok=not fault, fault=fault_line(fault)))
        return Leave(FAILED if fault else event.exit)

    # -- what others ask --

    def reads(self) -> Iterable[tuple[str, str]]:
        """The names in the arguments: the way hangs on them."""
        return [(f"arguments.{name}", used) for name, text in self.arguments.items() for used in names(text)]

    def needs(self) -> Iterable[Need]:
        """The plug-in must be installed."""
        yield Need(what="hook", name=self.hook)

    def trials(self, values: Mapping[str, tuple[str, ...]]) -> tuple[Event, ...]:
        """Every exit with the usual values, every value that leads elsewhere, and a failure."""
        given = (self.usual(), *self.unusual(values))
        made = (HookEnded(ok=True, exit=name, values=one) for one in given for name in self._outcomes)
        return (*islice(made, MOST_TRIALS), HookEnded(ok=False, fault="failed"))

    # -- care --

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """Arguments can be filled, exits differ, values fit."""
        yield from super().check(name, about)
        for argument, text in self.arguments.items():
            place = malformed(text)
            if place is not None:
                ru = f"Ошибка подстановки, знак {place + 1}: здесь можно только {{{{ имя }}}}"
                en = f"Bad placeholder at character {place + 1}: only {{{{ name }}}} is possible here"
                yield error(name, f"arguments.{argument}", "template_bad", ru, en)
        if len(self._outcomes) < len(self.outcomes):
            ru = "Исходы должны различаться, а «failed» есть и так"
            en = "The outcomes must differ, and “failed” is there anyway"
            yield error(name, "outcomes", "outcome_bad", ru, en)

    def check_hooks(self, name: str, hooks: Mapping[str, HookShape]) -> Iterator[Issue]:
        """The plug-in is there, and the node uses the function as it was declared."""
        shape = hooks.get(self.hook)
        if shape is None:
            known = ", ".join(sorted(hooks)) or "—"
            ru = f"Функция «{self.hook}» не установлена на этой машине; есть: {known}"
            en = f"Function {self.hook!r} is not installed on this machine; there are: {known}"
            yield error(name, "hook", "hook_unknown", ru, en)
            return
        for argument in sorted(self.arguments.keys() - shape.arguments.keys()):
            ru = f"Функция «{self.hook}» не принимает «{argument}»"
            en = f"Function {self.hook!r} takes no {argument!r}"
            yield error(name, f"arguments.{argument}", "hook_argument", ru, en)
        for argument, optional in shape.arguments.items():
            if argument not in self.arguments and not optional:
                ru = f"Функции «{self.hook}» нужно «{argument}»"
                en = f"Function {self.hook!r} needs {argument!r}"
                yield error(name, "arguments", "hook_argument", ru, en)
        for outcome in shape.exits:
            if outcome not in self._outcomes:
                ru = f"Функция «{self.hook}» может выбрать исход «{outcome}», а здесь его нет"
                en = f"Function {self.hook!r} may choose exit {outcome!r}, which is missing here"
                yield error(name, "outcomes", "hook_exit", ru, en)
        for outcome in self._outcomes:
            if outcome not in shape.exits:
                ru, en = (
                    f"У функции «{self.hook}» нет исхода «{outcome}»",
                    f"Function {self.hook!r} has no exit {outcome!r}",
                )
                yield error(name, "outcomes", "hook_exit", ru, en)
        for variable, answer in self.answers.items():
            given = shape.answers.get(answer.value or variable)
            if given is None:
                ru = f"Функция «{self.hook}» не возвращает «{answer.value or variable}»"
                en = f"Function {self.hook!r} returns no {answer.value or variable!r}"
                yield error(name, f"answers.{variable}", "hook_answer", ru, en)
            elif given != answer.type:
                ru = f"Функция «{self.hook}» возвращает здесь {given}, а не {answer.type}"
                en = f"Function {self.hook!r} returns a {given} here, not a {answer.type}"
                yield error(name, f"answers.{variable}.type", "hook_answer", ru, en)
