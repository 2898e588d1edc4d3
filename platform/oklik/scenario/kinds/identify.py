"""The node kind that makes sure the right person listens before anything private is said."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal

from oklik.scenario.flow import Collect, RightParty
from oklik.scenario.kinds.asking import AskingNode
from oklik.scenario.kinds.base import About, Exit, Issue, Key, Leave, Name, Phrase, Text, Visit, error, form_field


class IdentifyNode(AskingNode):
    """Right-party check: asks whether the person is the one we call.

    Nothing private can be spoken before the answer "yes": the checker refuses such a scenario.  With a column such as
    the contract number, a yes is only believed when its last digits are keyed in; they are compared and never spoken.
    """

    kind_title: ClassVar = {"ru": "Проверить, кто у телефона", "en": "Right-party check"}
    help_ru: ClassVar = (
        "Спрашивает, тот ли человек взял трубку. Пока он не ответил «да», ничего личного сказать нельзя: "
        "проверка не пропустит такой сценарий. Если указать столбец, например номер договора, «да» нужно подтвердить "
        "его последними цифрами; они сравниваются и не произносятся."
    )
    icon: ClassVar = "user-check"
    family: ClassVar = "talk"
    example: ClassVar[dict[str, Any]] = {
        "kind": "identify",
        "text": {
            "ru": "Вы {{ name | name }}? Да — нажмите 1, нет — 2, не знаете такого человека — 3.",
            "en": "Am I speaking to {{ name | name }}? Yes — press 1, no — press 2, wrong number — press 3.",
        },
        "exits": {"confirmed": "amount", "other": "bye", "wrong_number": "bye", "no_input": "bye"},
    }

    kind: Literal["identify"]
    yes: Key = form_field(
        "Кнопка «да»", "Key for yes", "Это тот человек", "It is the person", widget="key", default="1"
    )
    no: Key = form_field(
        "Кнопка «нет»", "Key for no", "Трубку взял другой", "Somebody else has answered", widget="key", default="2"
    )
    unknown: Key | None = form_field(
        "Кнопка «не знаю такого»",
        "Key for wrong number",
        "Номер чужой: больше сюда не звонить",
        "The number is somebody else's: do not call it again",
        widget="key",
        default="3",
    )

    digits_of: Name | None = form_field(
        "Последние цифры чего",
        "Last digits of",
        "Столбец, например номер договора; после «да» человек набирает его последние цифры",
        "A column such as the contract number; after yes the person keys in its last digits",
        widget="column",
        default=None,
    )
    digits_text: Text | None = form_field(
        "Вопрос о цифрах",
        "Question about the digits",
        "Попросите набрать последние цифры",
        "Ask to key in the last digits",
        widget="speech",
        default=None,
    )
    digits_count: int = form_field(
        "Сколько цифр",
        "How many digits",
        "Столько последних цифр сравнивается; меньше трёх легко угадать",
        "So many last digits are compared; fewer than three are easily guessed",
        widget="number",
        default=4,
        ge=2,
        le=8,
    )

    def keys(self) -> str:
        """The keys of the answers and the repeat key."""
        return self.yes + self.no + (self.unknown or "") + (self.repeat_key or "")

    def exits(self) -> tuple[Exit, ...]:
        """Confirmed, somebody else, wrong number if it is offered, and nobody said."""
        wrong = (Exit(name="wrong_number", title={"ru": "Не знают такого", "en": "Wrong number"}, by_key=True),)
        return (
            Exit(name="confirmed", title={"ru": "Да, это он", "en": "Right person"}, by_key=True),
            Exit(name="other", title={"ru": "Это другой", "en": "Somebody else"}, by_key=True),
            *(wrong if self.unknown else ()),
            *self.way_outs(),
        )

    def collect(self, visit: Visit, *fields: str) -> Collect:
        """Ask who listens, then for the digits."""
        if not visit.memo:
            return super().collect(visit, *fields)
        return Collect(
            node=visit.node,
            parts=visit.say(*fields, "digits_text"),
            allowed="".join(dict.fromkeys("0123456789#" + (self.repeat_key or ""))),
            min_digits=self.digits_count,
            max_digits=self.digits_count,
            terminators="#",
            timeout_s=self.timeout_s,
            barge_in=self.barge_in,
            early=self.early,
        )

    def judge(self, visit: Visit, keys: str) -> Leave | Collect | None:
        """Note who listens; only a plain yes, with the right digits where they are wanted, opens what is private."""
        if visit.memo:
            return self._compare(visit, keys)
        result = {self.unknown: "wrong_number", self.no: "other", self.yes: "confirmed"}.get(keys)
        if result is None:
            return None
        if result == "confirmed" and self.digits_of:
            visit.memo, visit.tries = {"said": "yes"}, 0
            return self.collect(visit)
        return self._party(visit, result)

    def _compare(self, visit: Visit, keys: str) -> Leave | None:
        """Wrong digits use up a try.  Whoever has too few digits in the list cannot be confirmed."""
        value = visit.values.get(self.digits_of or "", "")
        last = "".join(char for char in value if char in "0123456789")[-self.digits_count :]
        right = len(last) == self.digits_count and keys == last
        return self._party(visit, "confirmed") if right else None

    def _party(self, visit: Visit, result: str) -> Leave:
        visit.note(RightParty(node=visit.node, result=result))
        return Leave(result)

    def proofs(self) -> Iterable[tuple[str, int]]:
        """The column of the digits, where they are wanted."""
        return [(self.digits_of, self.digits_count)] if self.digits_of else []

    def confirms(self, exit_name: str) -> bool | None:
        """Asking again and getting no yes takes an earlier yes back."""
        return exit_name == "confirmed"

    def phrases(self) -> tuple[Phrase, ...]:
        """Also the question about the digits."""
        asked = () if self.digits_text is None else (Phrase(field="digits_text", text=self.digits_text),)
        return (*super().phrases(), *asked)

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """One meaning a key; digits of a column that there is, and a question about them."""
        if self.digits_of and self.digits_of not in about.columns:
            ru, en = f"Нет столбца «{self.digits_of}»", f"There is no column {self.digits_of!r}"
            yield error(name, "digits_of", "name_unknown", ru, en)
        if bool(self.digits_of) != bool(self.digits_text):
            ru = "Нужны и столбец, и вопрос о его последних цифрах"
            en = "Both the column and the question about its last digits are needed"
            yield error(name, "digits_text" if self.digits_of else "digits_of", "digits_unasked", ru, en)
        if self.digits_of and self.repeat_key and self.repeat_key.isdigit():
            ru = "Кнопка повтора должна отличаться от цифр: ими набирают номер"
            en = "The repeat key must not be a digit: the number is keyed in with them"
            yield error(name, "repeat_key", "keys_clash", ru, en)
        keys = [("yes", self.yes), ("no", self.no), ("unknown", self.unknown), ("repeat_key", self.repeat_key)]
        yield from self.check_keys(name, [(field_name, key) for field_name, key in keys if key])
