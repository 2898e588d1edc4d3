"""What every node kind is made of: the common fields, the interface that engine, checker and editor draw from.

A kind is one frozen pydantic model in one file.  Its docstring is its help text, its fields carry title, help and
widget for the editor, and its methods answer everything others want to know; no other module asks which kind a node is.
A node never keeps state: what must survive until the next event lies in the session behind the Visit (`visit`).
What documents are built of is in `fields`; both can be had from here.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal

import msgspec

from oklik.scenario.conditions import Reading
from oklik.scenario.errors import IllegalEvent, Sentence
from oklik.scenario.flow import (
    Collect,
    Event,
    Hangup,
    Hook,
    HungUp,
    Play,
    PlayRecording,
    Record,
    Request,
    Transfer,
)
from oklik.scenario.kinds.fields import (
    Key,
    Language,
    Name,
    Part,
    RecordingKey,
    Sentence_,
    Slug,
    Text,
    first_text,
    form_field,
    texts,
)
from oklik.scenario.kinds.visit import About, Visit
from oklik.scenario.needs import HookShape, Need

__all__ = [
    "DONE",
    "MAX_VALUES",
    "NO_INPUT_TITLE",
    "About",
    "Exit",
    "Issue",
    "Key",
    "Language",
    "Leave",
    "Move",
    "Name",
    "NodeBase",
    "Part",
    "Phrase",
    "Question",
    "Reason",
    "RecordingKey",
    "Sentence_",
    "Slug",
    "Text",
    "Values",
    "Visit",
    "error",
    "first_text",
    "form_field",
    "question_title",
    "texts",
    "unexpected",
    "warning",
]

# How many different values a spoken answer may have, so that every one of them is rendered before the call.
MAX_VALUES = 400

# The values that a name may have in a call; None: too many to list.
Values = tuple[str, ...] | None
Reason = Literal["completed", "no_input", "wrong_person", "declined", "opted_out", "no_agent", "hung_up"]


class Leave(msgspec.Struct, frozen=True, gc=False):
    """The node is done: go on by this exit."""

    exit: str


Move = Play | Collect | Transfer | Record | PlayRecording | Request | Hook | Hangup | Leave


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

    kind: choice (one of the options), or whatever was keyed in: number, money, date (ISO), text; voice: a recording,
    whose value is its length in seconds.  asked: the person answers it; otherwise the scenario itself notes the value.
    """

    name: str
    node: str
    title: Sentence
    options: dict[str, Sentence]
    kind: Literal["choice", "number", "money", "date", "text", "voice"]
    asked: bool = True


class NodeBase(Part):
    """The fields and the interface that all kinds share."""

    kind_title: ClassVar[Sentence]
    help_ru: ClassVar[str]
    icon: ClassVar[str]
    family: ClassVar[str]  # the part of the editor's palette, one of kinds.GROUPS
    exits_from: ClassVar[tuple[str, str] | None] = None  # field whose items name exits, and the item's own field of it
    opts_out: ClassVar[bool] = False  # whether it puts the person on the stop list
    silent: ClassVar[bool] = False  # whether the call passes it in no time and without a sound
    records: ClassVar[bool] = False  # whether it records the person's voice
    answered: ClassVar[bool] = True  # whether what it gives is the person's answer; that of a silent node never is
    seam: ClassVar[bool] = False  # whether it only joins two scenarios: what is asked of it holds of what follows
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

    # -- other scenarios --

    def calls(self) -> str | None:
        """The scenario that is called here."""
        return None

    def returns(self) -> str | None:
        """The exit by which the calling node is left here; None: it stays in its own scenario."""
        return None

    def linked(self, targets: Mapping[str, str]) -> "NodeBase":
        """The node as it stands in a linked scenario, with its targets there."""
        return self.model_copy(update={"targets": dict(targets)})

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

    def sounds(self) -> tuple[str, ...]:
        """Keys of recordings that are played as they are, such as music; nothing is spoken instead of them."""
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

    def copies(self) -> Mapping[str, str]:
        """The names that get exactly the value of another one."""
        return {}

    def answer_types(self) -> Mapping[str, str]:
        """As which type of column an answer is to be compared, where it is no plain text."""
        return {}

    def writes(self) -> str | None:
        """The contact's column that may have another value afterwards."""
        return None

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:  # noqa: ARG002
        """The names that surely have a value after leaving by an exit, when those in `known` had one before."""
        return frozenset()

    def derives(self) -> Mapping[str, tuple[str, ...]]:
        """Variables made of other values: a variable made of a private column is private itself."""
        return {}

    def private(self) -> frozenset[str]:
        """The variables set here that must not be heard before the right party has confirmed."""
        return frozenset()

    def personal(self) -> frozenset[str]:
        """The variables set here that only local speech engines may see as a whole."""
        return frozenset()

    # -- what is beyond the scenario --

    def sends(self) -> Iterable[tuple[str, str]]:
        """Names of values that are given to another system, as (field, name)."""
        return ()

    def needs(self) -> Iterable[Need]:
        """What the installation must have for this node."""
        return ()

    def trials(self, values: Mapping[str, tuple[str, ...]]) -> tuple[Event, ...]:  # noqa: ARG002
        """What may come from beyond and makes a difference, the usual first, for whoever tries the scenario out.

        values: those that something is compared with, by name.
        """
        return ()

    def check_hooks(self, name: str, hooks: Mapping[str, HookShape]) -> Iterator[Issue]:  # noqa: ARG002
        """What is wrong with this node on a machine that has these plug-ins."""
        yield from ()

    def proofs(self) -> Iterable[tuple[str, int]]:
        """Columns whose last digits the person must key in to be believed, and how many."""
        return ()

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
