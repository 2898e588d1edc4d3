"""The node kind that changes the language of the call."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal

from oklik.scenario.errors import Sentence
from oklik.scenario.flow import Collect, Noted
from oklik.scenario.kinds.asking import AskingNode
from oklik.scenario.kinds.base import (
    About,
    Exit,
    Issue,
    Key,
    Language,
    Leave,
    Move,
    Name,
    Phrase,
    Question,
    Text,
    Values,
    Visit,
    error,
    form_field,
    question_title,
)

# What a language is called in the report, and how lists write it beside its code.
_NAMES: dict[str, Sentence] = {
    "ru": {"ru": "Русский", "en": "Russian"},
    "en": {"ru": "Английский", "en": "English"},
}
_CODE = re.compile(r"([a-z]{2})(?:[-_][a-z]{2,4})?")


class LanguageNode(AskingNode):
    """Changes the language of everything that follows: by a key of the person, by a column, or to a fixed one.

    Give one of the three: keys with a text, a column, or a language. The text is said in every language of the scenario
    one after the other, so each translation should only name its own key.
    """

    kind_title: ClassVar = {"ru": "Язык", "en": "Language"}
    help_ru: ClassVar = (
        "Меняет язык всего, что дальше: по кнопке, по столбцу списка или на заданный. Нужно что-то одно: кнопки с "
        "текстом, столбец или язык. Текст звучит на всех языках сценария подряд, поэтому в каждом переводе назовите "
        "только свою кнопку."
    )
    icon: ClassVar = "language"
    family: ClassVar = "talk"
    example: ClassVar[dict[str, Any]] = {
        "kind": "language",
        "title": {"ru": "Язык разговора", "en": "Language of the call"},
        "text": {"ru": "Чтобы говорить по-русски, нажмите 1.", "en": "For English, press 2."},
        "options": {"1": "ru", "2": "en"},
        "question": "spoken",
        "tries": 2,
        "exits": {"done": "hello"},
    }

    kind: Literal["language"]
    # Only keys are asked for: with a column or a fixed language nothing is said.
    text: Text = form_field(
        "Вопрос",
        "Question",
        "Звучит на каждом языке по очереди; назовите кнопку этого языка",
        "Said in each language in turn; name the key of that language",
        widget="speech",
        default={},
    )
    options: dict[Key, Language] = form_field(
        "Кнопки",
        "Keys",
        "Какая кнопка выбирает какой язык",
        "Which key chooses which language",
        widget="languages",
        default={},
        max_length=12,
    )
    column: Name | None = form_field(
        "Из столбца",
        "From a column",
        "Столбец, переменная или ответ с кодом языка: ru, en",
        "A column, variable or answer that holds the language's code: ru, en",
        widget="name",
        default=None,
    )
    language: Language | None = form_field(
        "На язык", "Set to", "Всегда этот язык", "Always this language", default=None
    )
    question: Name | None = form_field(
        "Столбец отчёта",
        "Column of the report",
        "Имя, под которым выбранный кнопкой язык стоит в отчёте; без него не записывается",
        "The name under which the language chosen by key stands in the report; without it, it is not recorded",
        default=None,
    )

    def keys(self) -> str:
        """The keys of the languages and the repeat key."""
        return "".join(self.options) + (self.repeat_key or "")

    def exits(self) -> tuple[Exit, ...]:
        """The language is set; those for whom none could be found go on as before unless their exit is connected."""
        done = Exit(name="done", title={"ru": "Дальше", "en": "Next"}, by_key=bool(self.options))
        if self.options:
            return (
                done,
                Exit(name="no_input", title={"ru": "Не выбрал", "en": "Did not choose"}, shares="done"),
                Exit(name="invalid", title={"ru": "Нажимал не то", "en": "Wrong keys"}, shares="done"),
            )
        unknown = Exit(name="unknown", title={"ru": "Язык не указан", "en": "No such language"}, shares="done")
        return (done, unknown) if self.column else (done,)

    # -- the run --

    def enter(self, visit: Visit) -> Move:
        """Ask, or set it at once."""
        if self.options:
            return self.collect(visit)
        wanted = self.language or _read(visit.values.get(self.column or "", ""))
        if wanted not in visit.languages:
            return Leave("unknown" if self.column else "done")
        return self._go_on(visit, wanted)

    def collect(self, visit: Visit, *fields: str) -> Collect:
        """Ask in every language, beginning with the one that is spoken now."""
        languages = dict.fromkeys((visit.language, *visit.languages))
        return Collect(
            node=visit.node,
            parts=tuple(part for language in languages for part in visit.say(*fields, "text", language=language)),
            allowed=self.keys(),
            timeout_s=self.timeout_s,
            barge_in=self.barge_in,
            early=self.early,
        )

    def judge(self, visit: Visit, keys: str) -> Leave | None:
        """A key of a language."""
        return self._go_on(visit, self.options[keys]) if keys in self.options else None

    def _go_on(self, visit: Visit, language: str) -> Leave:
        visit.speak(language)
        if self.question:
            visit.set(self.question, language)
            label = _NAMES.get(language, {}).get(visit.languages[0], language)
            visit.note(Noted(node=visit.node, question=self.question, value=language, label=label))
        return Leave("done")

    # -- what others ask --

    def phrases(self) -> tuple[Phrase, ...]:
        """The question and the reminders, in every language."""
        said = (("text", self.text), ("invalid", self.invalid), ("no_input", self.no_input)) if self.options else ()
        return tuple(Phrase(field=name, text=text, every=True) for name, text in said if text is not None)

    def languages_after(self, values: Mapping[str, Values] | None) -> Mapping[str, Values]:
        """Those of the keys, of the column's values, or the one."""
        if self.options:
            return {"done": tuple(dict.fromkeys(self.options.values()))}
        if self.language:
            return {"done": (self.language,)}
        known = None if values is None else values.get(self.column or "", ("",))
        return {"done": None if known is None else tuple(dict.fromkeys(map(_read, known)))}

    def reads(self) -> Iterable[tuple[str, str]]:
        """The column."""
        return [("column", self.column)] if self.column else []

    def gives(self, values: Mapping[str, Values]) -> dict[str, Values]:
        """The language, if it is recorded."""
        del values
        return {self.question: tuple(dict.fromkeys(self.options.values()))} if self.question else {}

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        """The language, once it is chosen."""
        del known
        return frozenset((self.question,)) if self.question and exit_name == "done" else frozenset()

    def question_report(self, name: str, languages: tuple[str, ...]) -> Question | None:
        """The languages on offer."""
        if not self.question:
            return None
        offered = dict.fromkeys(self.options.values())
        options = {code: {said: _NAMES.get(code, {}).get(said, code) for said in languages} for code in offered}
        title = question_title(self, self.question, languages)
        return Question(name=self.question, node=name, title=title, options=options, kind="choice", asked=False)

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """One way of telling the language, which is one of the scenario's; keys differ and have a text."""
        if [bool(self.options), self.column is not None, self.language is not None].count(True) != 1:
            ru = "Нужно что-то одно: кнопки с текстом, столбец или язык"
            en = "One of the three is needed: keys with a text, a column, or a language"
            yield error(name, None, "language_how", ru, en)
        places = [(f"options.{key}", code) for key, code in self.options.items()]
        for place, code in [*places, *([("language", self.language)] if self.language else [])]:
            if code not in about.languages:
                ru, en = f"Языка «{code}» нет среди языков сценария", f"Language {code!r} is not one of the scenario's"
                yield error(name, place, "language_unknown", ru, en)
        if self.options and not self.text:
            ru, en = "Не сказано, какая кнопка что выбирает", "Nothing says which key chooses what"
            yield error(name, "text", "text_missing", ru, en)
        if self.question and not self.options:
            ru = "Записать можно только язык, выбранный кнопкой"
            en = "Only a language chosen by key can be recorded"
            yield error(name, "question", "question_unfit", ru, en)
        repeat = [("repeat_key", self.repeat_key)] if self.repeat_key else []
        yield from self.check_keys(name, [*((f"options.{key}", key) for key in self.options), *repeat])


def _read(text: str) -> str:
    """The code of a language as lists write it: ru, RU, ru-RU, русский; nothing when it is none."""
    plain = text.strip().casefold()
    found = _CODE.fullmatch(plain)
    if found:
        return found[1]
    return next((code for code, names in _NAMES.items() if plain in map(str.casefold, names.values())), "")
