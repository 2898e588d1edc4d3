"""The scenario document, format 1: what it is made of, and how it is read from files and written to JSON.

What is given back is linked: the scenarios that it calls are in it (`linking`), and `written` is the document itself.
Reading refuses what is not a scenario at all (ScenarioError, one line with the place); whether a scenario makes sense
and may be launched is `check`'s business, so that an editor can keep a draft with loose ends.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import PrivateAttr, StringConstraints, ValidationError, model_validator

from oklik.scenario import files, linking, reading
from oklik.scenario.chart import Chart
from oklik.scenario.errors import ScenarioError
from oklik.scenario.faults import explain
from oklik.scenario.kinds import Node
from oklik.scenario.kinds.base import Language, Name, NodeBase, Part, RecordingKey, Slug, Text, form_field, texts
from oklik.scenario.kinds.fields import personal_field, private_field
from oklik.scenario.linking import MAX_NODES, Call, Found, Linked, Lookup
from oklik.scenario.phrasebook import Phrasebook
from oklik.scenario.translations import chain, pick
from oklik.scenario.upgrade import FORMAT, upgraded

__all__ = [
    "FORMAT",
    "Column",
    "Scenario",
    "ScenarioError",
    "Variable",
    "from_json",
    "load_file",
    "load_marked",
    "load_text",
    "to_json",
]

ColumnType = Literal["text", "name", "money", "number", "date", "time", "phone", "digits"]
Purpose = Literal["informational", "debt", "survey", "advertising", "appointment"]
COLUMN_TYPES: dict[str, tuple[str, str]] = {
    "text": ("Текст", "Text"),
    "name": ("ФИО", "Person's name"),
    "money": ("Сумма", "Amount of money"),
    "number": ("Число", "Number"),
    "date": ("Дата", "Date"),
    "time": ("Время", "Time of day"),
    "phone": ("Телефон", "Phone"),
    "digits": ("Номер (по цифрам)", "Number read out by digits"),
}
PURPOSES: dict[str, tuple[str, str]] = {
    "informational": ("Уведомление", "Notification"),
    "debt": ("Напоминание о долге", "Debt reminder"),
    "survey": ("Опрос", "Survey"),
    "advertising": ("Реклама", "Advertising"),
    "appointment": ("Запись на приём", "Appointment"),
}
# A text of a node, as `check` names it: the node and the field in it.
Place = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}(\.[a-z0-9_*#]{1,40}){1,4}$")]
Heading = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Column(Part):
    """A column of the contact list that the scenario uses."""

    title: Text = form_field(
        "Заголовок", "Heading", "Как столбец назван в списке", "What the column is called in the list"
    )
    type: ColumnType = form_field(
        "Тип", "Type", "Что в нём лежит", "What it holds", widget="choice", choices=COLUMN_TYPES, default="text"
    )
    private: bool = private_field()
    personal: bool = personal_field()
    required: bool = form_field(
        "Обязателен",
        "Required",
        "Без столбца список не принимается",
        "A list without the column is refused",
        widget="switch",
        default=True,
    )
    min: float | None = form_field(
        "Не меньше",
        "At least",
        "Сумма или число: кому в списке стоит меньше, тому не звоним",
        "An amount or a number: whoever has less in the list is not called",
        widget="number",
        default=None,
    )
    max: float | None = form_field(
        "Не больше",
        "At most",
        "Сумма или число: кому в списке стоит больше, тому не звоним",
        "An amount or a number: whoever has more in the list is not called",
        widget="number",
        default=None,
    )
    aliases: tuple[Heading, ...] = form_field(
        "Другие заголовки",
        "Other headings",
        "Как ещё его называют в списках",
        "What else lists call it",
        widget="list",
        default=(),
        max_length=30,
    )

    @model_validator(mode="before")
    @classmethod
    def _private_is_personal(cls, data: Any) -> Any:
        """What must not be overheard must not be sent away either."""
        if isinstance(data, Mapping) and data.get("private") is True:
            return {**data, "personal": True}
        return data


class Variable(Part):
    """A variable that `set` nodes give a value."""

    title: Text | None = form_field("Название", "Title", "Для редактора", "For the editor", default=None)
    value: str = form_field(
        "Сначала", "Initially", "Значение в начале звонка", "The value when the call begins", default="", max_length=500
    )


class Scenario(Part):
    """A scenario, immutable."""

    format: Literal[1] = form_field(
        "Формат", "Format", "Версия формата документа", "The version of the document's format", widget="hidden"
    )
    name: Slug = form_field("Имя", "Name", "Короткое имя для ссылок", "A short name to refer to", widget="name")
    title: Text = form_field("Название", "Title", "Как сценарий называется в списках", "What lists call it")
    languages: tuple[Language, ...] = form_field(
        "Языки",
        "Languages",
        "Первый — основной; на нём тексты, у которых язык не указан",
        "The first is the default: texts without a language are in it",
        widget="list",
        min_length=1,
        max_length=10,
    )
    fallback: dict[Language, Language] = form_field(
        "Замена языка",
        "Fallback",
        "На каком языке сказать то, что не переведено: {tt: ru} — вместо татарского по-русски",
        "In which language a text is said that is not translated: {tt: ru} is Russian instead of Tatar",
        widget="fallback",
        default={},
        max_length=10,
    )
    purpose: Purpose = form_field(
        "Цель",
        "Purpose",
        "От неё зависит, кому и когда можно звонить",
        "Decides who may be called, and when",
        widget="choice",
        choices=PURPOSES,
    )
    organization: Text | None = form_field(
        "Организация",
        "Organization",
        "От чьего имени звонок, как её называют в текстах; для долга обязательна",
        "Who calls, as the texts name it; needed for debt",
        default=None,
    )
    start: Slug = form_field("Первый шаг", "Start", "С какого шага начать", "The node that begins", widget="node")
    columns: dict[Name, Column] = form_field(
        "Столбцы",
        "Columns",
        "Столбцы списка, которые нужны сценарию",
        "The columns of the list that it needs",
        widget="columns",
        default={},
        max_length=200,
    )
    variables: dict[Name, Variable] = form_field(
        "Переменные",
        "Variables",
        "Значения, которые меняют шаги «Запомнить»",
        "Values that `set` nodes change",
        widget="variables",
        default={},
        max_length=200,
    )
    nodes: dict[Slug, Node] = form_field(
        "Шаги", "Nodes", "Шаги по именам", "The nodes by name", widget="nodes", min_length=1, max_length=MAX_NODES
    )
    recordings: dict[Place, RecordingKey] = form_field(
        "Записи",
        "Recordings",
        "Какой записью голоса звучит текст, если запись есть: {hello.text: greeting}",
        "Which recorded file is heard instead of speech synthesis, where there is one: {hello.text: greeting}",
        widget="recordings",
        default={},
        max_length=MAX_NODES,
    )
    subscenarios: dict[Slug, "Scenario"] = form_field(
        "Подсценарии",
        "Subscenarios",
        "Сценарии, которые вызывают шаги «Подсценарий», по именам; можно держать их и в файлах рядом",
        "The scenarios that `subscenario` nodes call, by name; they may also stand in files beside this one",
        widget="subscenarios",
        default={},
        max_length=linking.MAX_DOCUMENTS,
    )
    layout: dict[str, Any] = form_field(
        "Схема",
        "Layout",
        "Где шаги лежат на схеме; на звонок не влияет",
        "Where the nodes lie on the chart; changes no call",
        widget="hidden",
        default={},
    )

    _linked: Linked | None = PrivateAttr(default=None)

    @property
    def written(self) -> "Scenario":
        """As it stands in the document: with calls of other scenarios instead of their nodes."""
        return self if self._linked is None else self._linked.written

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls of other scenarios."""
        return () if self._linked is None else self._linked.calls

    @property
    def twins(self) -> Mapping[str, str]:
        """For each node of a scenario that is called again its name in the first call."""
        return {} if self._linked is None else self._linked.twins

    def joined(self, linked: Linked, **parts: Any) -> "Scenario":
        """The linked scenario that is made of this document."""
        whole = self.model_copy(update={**parts, "subscenarios": {}})
        whole._linked = linked  # noqa: SLF001  one of its own kind
        return whole

    @cached_property
    def phrasebook(self) -> Phrasebook:
        """Its phrases, parsed once."""
        return Phrasebook(self)

    @cached_property
    def chart(self) -> Chart:
        """Where its exits lead."""
        return Chart(self.nodes)

    @property
    def types(self) -> Mapping[str, str]:
        """The type of each column."""
        return self.phrasebook.types

    @cached_property
    def settable(self) -> frozenset[str]:
        """The declared variables."""
        return frozenset(self.variables)

    @cached_property
    def rewritten(self) -> frozenset[str]:
        """The columns that may have another value after a call than before."""
        return frozenset(self.columns) & {node.writes() for node in self.nodes.values()}

    @cached_property
    def answers(self) -> frozenset[str]:
        """The names that get a value in the call without being declared: by the keys of the person, or by lot."""
        given = {name for node in self.nodes.values() for name in node.gives({})}
        return frozenset(given - {name for node in self.nodes.values() for name in node.derives()})

    @cached_property
    def keyed(self) -> frozenset[str]:
        """Those of the answers that only a person can have given."""
        nodes = self.nodes.values()
        others = {name for node in nodes if node.silent or not node.answered for name in node.gives({})}
        return self.answers - others

    @cached_property
    def names(self) -> frozenset[str]:
        """Everything that can have a value: columns, variables, answers."""
        return frozenset(self.columns) | self.settable | self.answers

    @cached_property
    def records(self) -> bool:
        """Whether it takes an answer by voice anywhere."""
        return any(node.records for node in self.nodes.values())

    def translate(self, text: Text, language: str) -> tuple[str, str]:
        """(language, text): a text in a language, or in the one that stands in for it."""
        return pick(texts(text, self.languages), chain(self.languages, self.fallback, language))

    def heading(self, name: str) -> str:
        """What the customer calls a value: the title of its column in the first language, else the name."""
        column = self.columns.get(name)
        return texts(column.title, self.languages).get(self.languages[0], name) if column else name

    def node(self, name: str) -> NodeBase:
        """The node of this name.  Raises KeyError."""
        return self.nodes[name]


def load_file(path: str | Path) -> Scenario:
    """The scenario of a YAML or JSON file.  Raises ScenarioError."""
    return load_marked(path)[0]


def load_marked(path: str | Path) -> tuple[Scenario, reading.Marks]:
    """The scenario of a file, and the line of every key path where it is YAML.  Raises ScenarioError.

    Nodes of called scenarios are among the paths by the names they have in the linked scenario; those out of other
    files have an entry in `Places.sources`.
    """
    source = str(path)
    data, marks = reading.read(files.text_of(Path(path)), source)
    documents: dict[int, Found] = {}
    scenario = _whole(Found(data, source, marks), files.beside(Path(path)), documents)
    return scenario, linking.places(scenario, Found(data, source, marks), documents)


def load_text(text: str, source: str, lookup: Lookup | None = None) -> Scenario:
    """The scenario of a YAML or JSON text; source names it in errors.  Raises ScenarioError.

    lookup: gives the documents of called scenarios that are not in the text.
    """
    data, marks = reading.read(text, source)
    return _whole(Found(data, source, marks), lookup, {})


def from_json(data: Mapping[str, Any], source: str = "scenario", lookup: Lookup | None = None) -> Scenario:
    """The scenario of plain data, as `to_json` gives it.  Raises ScenarioError.  lookup: as `load_text`."""
    reading.inspect(data, source)
    return _whole(Found(data, source, {}), lookup, {})


def to_json(scenario: Scenario) -> dict[str, Any]:
    """The document as plain JSON data, with all that it calls and without what is default anyway."""
    return scenario.written.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _whole(found: Found, lookup: Lookup | None, documents: dict[int, Found]) -> Scenario:
    """The linked scenario.  documents: gets where each document that it is made of came from, by its id."""

    def read(inner: Found) -> Scenario:
        return _document(inner, documents)

    scenario = _document(found, documents)
    if lookup is not None:
        scenario = linking.gathered(scenario, found.source, lookup, read)
    return linking.link(scenario, found.source, found.marks)


def _document(found: Found, documents: dict[int, Found]) -> Scenario:
    """A document as it is written, and those in it."""
    data, source, marks = found
    if not isinstance(data, Mapping):
        sentence = {
            "ru": "это не сценарий: нужны поля format, name, nodes",
            "en": "not a scenario: expected fields format, name, nodes",
        }
        raise ScenarioError(source, "", "", sentence)
    data = upgraded(data, source, marks)
    nodes, inner = data.get("nodes"), data.get("subscenarios")
    if isinstance(nodes, Mapping) and len(nodes) > MAX_NODES:  # before all of them are judged one by one
        sentence = {"ru": f"шагов больше {MAX_NODES}: {len(nodes)}", "en": f"more than {MAX_NODES} nodes: {len(nodes)}"}
        raise ScenarioError(source, "", "nodes", sentence, line=reading.line_of(marks, ("nodes",)))
    if isinstance(inner, Mapping) and inner:
        data = {**data, "subscenarios": _inner(Found(inner, source, marks), documents)}
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as invalid:
        raise explain(invalid, data, source, marks) from None
    documents[id(scenario)] = found
    return scenario


def _inner(found: Found, documents: dict[int, Found]) -> dict[str, Any]:
    """The documents inside another one, each judged by itself so that it is told which of them is to blame."""
    if len(found.data) > linking.MAX_DOCUMENTS:
        return dict(found.data)  # refused for that
    inner = [data.get("nodes") for data in found.data.values() if isinstance(data, Mapping)]
    if sum(len(nodes) for nodes in inner if isinstance(nodes, Mapping)) > MAX_NODES:  # before they are judged
        raise ScenarioError(found.source, "", "subscenarios", linking.too_many())
    below = reading.grouped(found.marks, "subscenarios")
    read: dict[str, Any] = {}
    for name, data in found.data.items():
        try:
            read[name] = _document(Found(data, found.source, below.get(name, {})), documents)
        except ScenarioError as error:
            raise error.inside(name) from None
    return read
