"""The common part of the kinds that ask for keys: the question, tries, silence, keys that mean nothing, repeating.

Tries are counted here and nowhere else: each silence and each invalid entry uses one up and is a fact of its own.
A kind adds what its keys mean (`judge`).
"""

from collections.abc import Iterator
from typing import Literal

from oklik.scenario.flow import Collect, Digits, Event, InvalidInput, NoInput, Silence
from oklik.scenario.kinds.base import (
    NO_INPUT_TITLE,
    Exit,
    Issue,
    Key,
    Leave,
    Move,
    NodeBase,
    Phrase,
    Text,
    Visit,
    error,
    form_field,
    unexpected,
)


class AskingNode(NodeBase):
    """Asks and waits for keys."""

    text: Text = form_field(
        "Вопрос",
        "Question",
        "Что услышит человек; назовите, какую кнопку нажать",
        "What the person hears; say which key to press",
        widget="speech",
    )
    invalid: Text | None = form_field(
        "Если нажато не то",
        "On a wrong key",
        "Говорится перед повтором вопроса",
        "Said before the question is repeated",
        widget="speech",
        default=None,
    )
    no_input: Text | None = form_field(
        "Если молчит",
        "On silence",
        "Говорится перед повтором вопроса",
        "Said before the question is repeated",
        widget="speech",
        default=None,
    )
    tries: int = form_field(
        "Попыток",
        "Tries",
        "Сколько раз всего задать вопрос",
        "How many times the question is asked in all",
        widget="number",
        default=3,
        ge=1,
        le=10,
    )
    timeout_s: float = form_field(
        "Ждать ответа, с",
        "Wait, s",
        "Тишина после вопроса до первой кнопки",
        "Silence after the question before the first key",
        widget="seconds",
        default=5.0,
        ge=1,
        le=30,
    )
    barge_in: bool = form_field(
        "Можно перебить",
        "Barge-in",
        "Кнопка обрывает вопрос, не дослушивая",
        "A key cuts the question short",
        widget="switch",
        default=True,
    )
    early_keys: Literal["drop", "keep"] = form_field(
        "Нажатое заранее",
        "Keys pressed early",
        "Кнопки, нажатые до вопроса: забыть, чтобы случайное нажатие не стало ответом, или считать ответом — "
        "тогда знающие опрос отвечают не слушая",
        "Keys pressed before the question: forget them, so that a slip is no answer, or take them for the answer, so "
        "that people who know the survey need not listen",
        widget="choice",
        choices={"drop": ("Забыть", "Forget"), "keep": ("Считать ответом", "Take for the answer")},
        default="drop",
    )
    repeat_key: Key | None = form_field(
        "Кнопка повтора",
        "Repeat key",
        "Повторяет вопрос и не тратит попытку",
        "Says the question again without using up a try",
        widget="key",
        default=None,
    )

    # -- what a kind says of itself --

    def keys(self) -> str:
        """The keys that make sense here."""
        raise NotImplementedError

    @property
    def early(self) -> bool:
        """Whether keys pressed before the question belong to it."""
        return self.early_keys == "keep"

    def judge(self, visit: Visit, keys: str) -> Leave | Collect | None:
        """What the keys mean: an exit, the next thing to ask, or None when they mean nothing."""
        raise NotImplementedError

    def collect(self, visit: Visit, *fields: str) -> Collect:
        """Ask: these phrases, then the question."""
        return Collect(
            node=visit.node,
            parts=visit.say(*fields, "text"),
            allowed=self.keys(),
            timeout_s=self.timeout_s,
            barge_in=self.barge_in,
            early=self.early,
        )

    # -- the run --

    def enter(self, visit: Visit) -> Move:
        """Ask for the first time."""
        return visit.prepared(self.collect)

    def resume(self, visit: Visit, event: Event) -> Move:
        """Judge the keys; on silence or nonsense ask again until the tries are used up."""
        if isinstance(event, Digits) and event.keys:
            if event.keys == self.repeat_key:
                return visit.prepared(self.collect)
            move = self.judge(visit, event.keys)
            if move:
                return move
            visit.tries += 1
            visit.note(InvalidInput(node=visit.node, keys=event.keys, tries=visit.tries))
            said = "invalid"
        elif isinstance(event, Digits | NoInput):
            visit.tries += 1
            visit.note(Silence(node=visit.node, tries=visit.tries))
            said = "no_input"
        else:
            raise unexpected(visit.node, event)
        return visit.prepared(self.collect, said) if visit.tries < self.tries else Leave(said)

    # -- what others ask --

    def phrases(self) -> tuple[Phrase, ...]:
        """The question and the two reminders."""
        said = (("text", self.text), ("invalid", self.invalid), ("no_input", self.no_input))
        return tuple(Phrase(field=name, text=text) for name, text in said if text is not None)

    def way_outs(self) -> tuple[Exit, Exit]:
        """The exits for those who never gave a usable answer."""
        return (
            Exit(name="no_input", title=NO_INPUT_TITLE, missing="no_input_missing"),
            Exit(name="invalid", title={"ru": "Нажимал не то", "en": "Wrong keys"}, shares="no_input"),
        )

    def check_keys(self, name: str, keys: list[tuple[str, str]]) -> Iterator[Issue]:
        """Two meanings for one key; keys: (field, key)."""
        seen: dict[str, str] = {}
        for field_name, key in keys:
            if key in seen:
                ru = f"Кнопка {key} назначена дважды: «{seen[key]}» и «{field_name}»"
                en = f"Key {key} has two meanings: {seen[key]} and {field_name}"
                yield error(name, field_name, "keys_clash", ru, en)
            seen[key] = field_name
