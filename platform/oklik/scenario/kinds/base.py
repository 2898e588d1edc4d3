"""What every node kind is made of: the common fields, the interface that engine, checker and editor draw from.

A kind is one frozen pydantic model in one file.  Its docstring is its help text, its fields carry title, help and
widget for the editor, and its methods answer everything others want to know; no other module asks which kind a node is.
A node never keeps state: what must survive until the next event lies in the session behind the Visit.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Protocol

import msgspec
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from oklik.scenario.conditions import Reading
from oklik.scenario.errors import IllegalEvent, Sentence
from oklik.scenario.flow import Collect, Event, Fact, Hangup, HungUp, Play, Say, Transfer

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9*#]$")]
Sentence_ = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
# A plain string is the text in the scenario's first language.
Text = Sentence_ | dict[Language, Sentence_]

# How many different values a spoken answer may have, so that every one of them is rendered before the call.
MAX_VALUES = 400

# The values that a name may have in a call; None: too many to list.
Values = tuple[str, ...] | None
Reason = Literal["completed", "no_input", "wrong_person", "declined", "opted_out", "no_agent", "hung_up"]


class Leave(msgspec.Struct, frozen=True, gc=False):
    """The node is done: go on by this exit."""

    exit: str


Move = Play | Collect | Transfer | Hangup | Leave


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """A way out of a node.

    by_key: only a key of the person leads here, so a loop through it cannot run by itself.
    shares: the exit that is taken when this one leads nowhere; without it the exit must be connected.
    missing: the code of the issue when it is not connected.
    """

    name: str
    title: Sentence
    by_key: bool = False
    shares: str | None = None
    missing: str = "exit_dangling"


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """A text the node may speak.

    agent: heard by the agent only; message: what the call is for; every: said in every language, one after the other.
    gives: the answers that have just been keyed in wherever this is spoken, so that it can read them back.
    """

    field: str
    text: Text
    gives: tuple[str, ...] = ()
    agent: bool = False
    message: bool = False
    every: bool = False


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """One finding of `check`: where, a stable code, and a sentence a marketer understands, in ru and en."""

    node: str | None
    field: str | None
    code: str
    severity: Literal["error", "warning"]
    text: Sentence


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question as the report shows it.  options: label by language of each value; empty when values are free.

    kind: choice (one of the options), or whatever was keyed in: number, money, date (ISO), text.  asked: the person
    answers it; otherwise the scenario itself notes the value.
    """

    name: str
    node: str
    title: Sentence
    options: dict[str, Sentence]
    kind: Literal["choice", "number", "money", "date", "text"]
    asked: bool = True


class Visit(Protocol):
    """What a node sees of the running session; see `interpreter`."""

    node: str
    tries: int
    memo: Mapping[str, str]  # what the node must remember until it is left, such as an answer not yet confirmed

    @property
    def today(self) -> dt.date:
        """The date where the contact is."""

    @property
    def language(self) -> str:
        """The language that is spoken now."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The scenario's languages, the first is the default."""

    @property
    def values(self) -> Mapping[str, str]:
        """Contact fields and variables by name, texts."""

    @property
    def reading(self) -> Reading:
        """How the texts of fields are to be read in comparisons."""

    @property
    def now(self) -> dt.datetime:
        """The wall clock at the contact when the call began, to the minute."""

    @property
    def holiday(self) -> bool:
        """Whether it is a public holiday there."""

    def lot(self, ticket: str) -> float:
        """A number between 0 and 1, both left out: always the same for this person, scenario, node and ticket."""

    def say(self, *fields: str, given: Mapping[str, str] | None = None, language: str | None = None) -> tuple[Say, ...]:
        """The phrases of these fields as speech, one after the other; fields without a text give nothing.

        given: values that are spoken here and are not answers yet.  language: another than that of the call.
        """

    def prepared(self, make: Callable[..., Collect], *fields: str) -> Collect:
        """What `make(visit, *fields)` gives: made once for all calls where no phrase of the node holds a value.

        Only for a question that follows from the node, the language, these fields and the memo, and from nothing else.
        """

    def set(self, name: str, value: str) -> None:
        """Give a variable a value."""

    def note(self, fact: Fact) -> None:
        """Record a fact."""

    def speak(self, language: str) -> None:
        """Go on in another language of the scenario, and record it."""

    def mark(self, outcome: str, tags: tuple[str, ...]) -> None:
        """Judge the conversation: an outcome, or "" to leave it as it is, and tags; and record it."""


class About(Protocol):
    """What a node may know of its scenario when it checks itself."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, the first is the default."""

    @property
    def columns(self) -> Mapping[str, object]:
        """The contact's fields by name."""

    @property
    def types(self) -> Mapping[str, str]:
        """The column type of each contact field, and of each answer that is compared as one."""

    @property
    def names(self) -> frozenset[str]:
        """Everything that has a value: columns, variables, questions."""

    @property
    def settable(self) -> frozenset[str]:
        """The declared variables."""


def texts(text: Text, languages: tuple[str, ...]) -> Sentence:
    """A text by language; a plain string belongs to the first one."""
    return {languages[0]: text} if isinstance(text, str) else dict(text)


def first_text(text: Text | None, languages: tuple[str, ...]) -> str | None:
    """A text in the first language; None where it is missing."""
    return text if isinstance(text, str) or text is None else text.get(languages[0])


def form_field(
    ru: str,
    en: str,
    help_ru: str,
    help_en: str,
    *,
    widget: str = "text",
    choices: Mapping[str, tuple[str, str]] | None = None,
    default: Any = ...,
    **limits: Any,
) -> Any:
    """A model field with what the editor and the reference need: title, help and widget; limits are pydantic's.

    choices: (Russian, English) label of each value, for a field of few values.
    """
    extra: Any = {"title": {"ru": ru, "en": en}, "help": {"ru": help_ru, "en": help_en}, "widget": widget}
    if choices:
        extra["choices"] = {value: {"ru": label[0], "en": label[1]} for value, label in choices.items()}
    return Field(default, json_schema_extra=extra, **limits)


class Part(BaseModel):
    """Any piece of a scenario document: frozen, and nothing unknown slips in."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, coerce_numbers_to_str=True, allow_inf_nan=False
    )


class NodeBase(Part):
    """The fields and the interface that all kinds share."""

    kind_title: ClassVar[Sentence]
    help_ru: ClassVar[str]
    icon: ClassVar[str]
    opts_out: ClassVar[bool] = False  # whether it puts the person on the stop list
    silent: ClassVar[bool] = False  # whether the call passes it in no time and without a sound
    example: ClassVar[dict[str, Any]]

    title: Text | None = form_field(
        "Название",
        "Title",
        "Как шаг называется на схеме и в отчёте",
        "What the step is called on the chart and in the report",
        default=None,
    )
    targets: dict[Slug, Slug] = form_field(
        "Переходы",
        "Exits",
        "Куда вести по каждому исходу шага",
        "Where each outcome of the step leads",
        widget="exits",
        default={},
        alias="exits",
    )

    # -- the graph --

    def exits(self) -> tuple[Exit, ...]:
        """The ways out of this node."""
        raise NotImplementedError

    def target(self, name: str) -> str | None:
        """The node that an exit leads to, its shared exit included; None when it leads nowhere."""
        if name in self.targets:
            return self.targets[name]
        shared = next((exit_.shares for exit_ in self.exits() if exit_.name == name), None)
        return self.targets.get(shared) if shared else None

    def open_exits(self, values: Mapping[str, Values], reading: Reading) -> tuple[str, ...]:  # noqa: ARG002
        """The exits that can be taken when names have these values."""
        return tuple(exit_.name for exit_ in self.exits())

    def languages_after(self, values: Mapping[str, Values] | None) -> Mapping[str, Values]:  # noqa: ARG002
        """For the exits behind which another language may be spoken: which ones, None for any of the scenario's.

        values: None when they are not known.
        """
        return {}

    # -- the run --

    def enter(self, visit: Visit) -> Move:
        """Come to the node: an instruction to wait for, or an exit at once."""
        raise NotImplementedError

    def resume(self, visit: Visit, event: Event) -> Move:
        """Take the event that answers the node's last instruction.  Raises IllegalEvent for any other."""
        raise NotImplementedError

    def hung_up(self, visit: Visit, event: HungUp) -> Reason:  # noqa: ARG002
        """The person left while the node was waiting: how the session ended."""
        return "hung_up"

    def ends(self) -> Reason | None:
        """The outcome with which the call ends here; None where it goes on."""
        return None

    # -- what is said and known --

    def phrases(self) -> tuple[Phrase, ...]:
        """Every text the node may speak."""
        return ()

    def labels(self) -> Iterable[tuple[str, Text]]:
        """Texts by field that are shown and never spoken; they want a translation too."""
        return ()

    def reads(self) -> Iterable[tuple[str, str]]:
        """Names of values read outside phrases, as (field, name)."""
        return ()

    def compares(self) -> Iterable[tuple[str, str]]:
        """The (name, value) pairs on which the way depends; whoever tries a scenario out tries these values."""
        return ()

    def looks_for(self) -> frozenset[str]:
        """The names out of `reads` that the node is made to find empty, such as those of a test for being filled."""
        return frozenset()

    def gives(self, values: Mapping[str, Values]) -> dict[str, Values]:  # noqa: ARG002
        """The variables this node may set, with the values they may get."""
        return {}

    def samples(self) -> Mapping[str, tuple[str, ...]]:
        """For an answer with too many values to list: some that together need every word that any of them can need."""
        return {}

    def answer_types(self) -> Mapping[str, str]:
        """As which type of column an answer is to be compared, where it is no plain text."""
        return {}

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:  # noqa: ARG002
        """The names that surely have a value after leaving by an exit, when those in `known` had one before."""
        return frozenset()

    def derives(self) -> Mapping[str, tuple[str, ...]]:
        """Variables made of other values: a variable made of a private column is private itself."""
        return {}

    def confirms(self, exit_name: str) -> bool | None:  # noqa: ARG002
        """Whether leaving by an exit means that the right person listens; None: no change."""
        return None

    def question_report(self, name: str, languages: tuple[str, ...]) -> Question | None:  # noqa: ARG002
        """The question whose answer this node records, for the report."""
        return None

    def questions(self, name: str, languages: tuple[str, ...]) -> tuple[Question, ...]:
        """All questions whose answers this node records; a kind with one tells it by `question_report`."""
        asked = self.question_report(name, languages)
        return () if asked is None else (asked,)

    def tags(self) -> tuple[str, ...]:
        """The tags that this node may give the conversation."""
        return ()

    # -- care --

    def check(self, name: str, about: About) -> Iterator[Issue]:  # noqa: ARG002
        """What is wrong with this node by itself."""
        yield from ()


def question_title(node: NodeBase, name: str, languages: tuple[str, ...]) -> Sentence:
    """The heading of a question in each language: the node's title, else the question's name."""
    titles = texts(node.title, languages) if node.title else {}
    return {language: titles.get(language, name) for language in languages}


def unexpected(node: str, event: Event) -> IllegalEvent:
    """The error for an event that does not answer what the node asked for."""
    return IllegalEvent(f"node {node}: {type(event).__name__} does not answer what it waits for")


def error(node: str | None, field_name: str | None, code: str, ru: str, en: str) -> Issue:
    """An issue that forbids to launch."""
    return Issue(node=node, field=field_name, code=code, severity="error", text={"ru": ru, "en": en})


def warning(node: str | None, field_name: str | None, code: str, ru: str, en: str) -> Issue:
    """An issue that one may live with."""
    return Issue(node=node, field=field_name, code=code, severity="warning", text={"ru": ru, "en": en})


DONE = Exit(name="done", title={"ru": "Дальше", "en": "Next"})
NO_INPUT_TITLE = {"ru": "Не ответил", "en": "No answer"}
