"""The node kind that offers a choice of keys."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal

from oklik.scenario.errors import Sentence
from oklik.scenario.flow import Answered
from oklik.scenario.kinds.asking import AskingNode
from oklik.scenario.kinds.base import (
    About,
    Exit,
    Issue,
    Key,
    Leave,
    Name,
    Part,
    Question,
    Slug,
    Text,
    Values,
    Visit,
    error,
    first_text,
    form_field,
    question_title,
    texts,
    warning,
)


class Option(Part):
    """What one key of a menu means."""

    exit: Slug = form_field(
        "Исход",
        "Exit",
        "Куда ведёт кнопка; несколько кнопок могут вести в одно место",
        "Where the key leads; keys may share an exit",
    )
    label: Text | None = form_field(
        "Значение в отчёте",
        "Label in the report",
        "Как ответ назван в отчёте",
        "What the answer is called in the report",
        default=None,
    )
    value: str | None = form_field(
        "Код ответа",
        "Code of the answer",
        "Хранится и годится для условий; без него — сама кнопка",
        "Kept, and usable in conditions; without it, the key itself",
        default=None,
        min_length=1,
        max_length=60,
    )
    answer: bool = form_field(
        "Это ответ на вопрос",
        "Answers the question",
        "Выключите для кнопок вроде «не звоните мне»: они не ответ",
        "Turn off for keys such as “do not call me”: they are no answer",
        widget="switch",
        default=True,
    )


class MenuNode(AskingNode):
    """Offers a choice: each key leads somewhere, and the choice may be an answer for the report."""

    kind_title: ClassVar = {"ru": "Меню", "en": "Menu"}
    help_ru: ClassVar = "Предлагает выбор: каждая кнопка ведёт в своё место, а выбор может стать ответом в отчёте."
    icon: ClassVar = "list-numbers"
    family: ClassVar = "talk"
    exits_from: ClassVar = ("options", "exit")
    example: ClassVar[dict[str, Any]] = {
        "kind": "menu",
        "title": {"ru": "Придёт ли", "en": "Will come"},
        "text": {
            "ru": "Если придёте на приём, нажмите 1. Если не сможете — 2.",
            "en": "If you will come, press 1. If you cannot, press 2.",
        },
        "question": "coming",
        "options": {
            "1": {"exit": "next", "label": {"ru": "Придёт", "en": "Will come"}, "value": "yes"},
            "2": {"exit": "next", "label": {"ru": "Не придёт", "en": "Will not come"}, "value": "no"},
        },
        "exits": {"next": "bye", "no_input": "bye"},
    }

    kind: Literal["menu"]
    question: Name | None = form_field(
        "Вопрос в отчёте",
        "Question in the report",
        "Имя ответа; без него выбор не записывается",
        "The answer's name; without it the choice is not recorded",
        default=None,
    )
    options: dict[Key, Option] = form_field(
        "Кнопки", "Keys", "Что значит каждая кнопка", "What each key means", widget="options", max_length=12
    )

    def keys(self) -> str:
        """The keys on offer and the repeat key."""
        return "".join(self.options) + (self.repeat_key or "")

    def exits(self) -> tuple[Exit, ...]:
        """One for each different exit of the options, and the ways out."""
        chosen: dict[str, Sentence] = {}
        for key, option in self.options.items():
            chosen.setdefault(option.exit, {"ru": f"Кнопка {key}", "en": f"Key {key}"})
        ways = self.way_outs()
        own = {way.name for way in ways}
        exits = (Exit(name=name, title=title, by_key=True) for name, title in chosen.items() if name not in own)
        return (*exits, *ways)

    def judge(self, visit: Visit, keys: str) -> Leave | None:
        """Record the choice, if it is an answer."""
        option = self.options.get(keys)
        if option is None:
            return None
        if self.question and option.answer:
            value = option.value or keys
            visit.set(self.question, value)
            label = first_text(option.label, visit.languages) or value
            visit.note(Answered(node=visit.node, question=self.question, value=value, label=label))
        return Leave(option.exit)

    def _label(self, key: str, languages: tuple[str, ...]) -> Sentence:
        option = self.options[key]
        return texts(option.label, languages) if option.label else {}

    def _answers(self) -> list[tuple[str, Option]]:
        return [(key, option) for key, option in self.options.items() if self.question and option.answer]

    def labels(self) -> Iterable[tuple[str, Text]]:
        """The labels of the options."""
        return [(f"options.{key}.label", item.label) for key, item in self.options.items() if item.label]

    def gives(self, values: Mapping[str, Values]) -> dict[str, Values]:
        """The question gets the value of one of the options."""
        del values
        answers = tuple(dict.fromkeys(option.value or key for key, option in self._answers()))
        return {self.question: answers} if self.question and answers else {}

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        """The question is answered if all keys of this exit are answers."""
        del known
        options = [option for option in self.options.values() if option.exit == exit_name]
        if self.question and options and all(option.answer for option in options):
            return frozenset((self.question,))
        return frozenset()

    def question_options(self, languages: tuple[str, ...]) -> dict[str, Sentence]:
        """Label by language of every value; a missing label is the value itself."""
        result: dict[str, Sentence] = {}
        for key, option in self._answers():
            value = option.value or key
            known = self._label(key, languages)
            result[value] = {language: known.get(language, value) for language in languages}
        return result

    def question_report(self, name: str, languages: tuple[str, ...]) -> Question | None:
        """The question with the labels of its options."""
        if not self.question:
            return None
        return Question(
            name=self.question,
            node=name,
            title=question_title(self, self.question, languages),
            options=self.question_options(languages),
            kind="choice",
        )

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """Options exist, keys differ, no option hides a way out, answers are labelled."""
        del about
        if not self.options:
            yield error(name, "options", "menu_empty", "В меню нет ни одной кнопки", "The menu has no keys")
        repeat = [("repeat_key", self.repeat_key)] if self.repeat_key else []
        yield from self.check_keys(name, [*((f"options.{key}", key) for key in self.options), *repeat])
        for key, option in self.options.items():
            if option.exit in {"no_input", "invalid"}:
                ru = f"Кнопка {key} не может вести в исход «{option.exit}»: он для тех, кто не ответил"
                en = f"Key {key} cannot lead to exit {option.exit}: that one is for people who did not answer"
                yield error(name, f"options.{key}.exit", "exit_reserved", ru, en)
        for key, option in self._answers():
            if option.label is None:
                ru = f"У кнопки {key} нет значения для отчёта: в отчёте будет «{option.value or key}»"
                en = f"Key {key} has no label: the report will show {option.value or key!r}"
                yield warning(name, f"options.{key}.label", "label_missing", ru, en)
