"""The node kind that takes a promise to pay: by when, and how much, read back and confirmed."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from math import ceil
from typing import Any, ClassVar, Literal

from oklik.scenario import keyed
from oklik.scenario.conditions import read
from oklik.scenario.flow import Answered, Collect, Promised
from oklik.scenario.kinds import ranges
from oklik.scenario.kinds.base import (
    About,
    Exit,
    Issue,
    Key,
    Leave,
    Name,
    Phrase,
    Question,
    Text,
    Values,
    Visit,
    error,
    form_field,
    texts,
)
from oklik.scenario.kinds.confirming import ConfirmingNode

MOST_DIGITS = 8


class PromiseNode(ConfirmingNode):
    """Takes a promise to pay: the day (day and month by four keys) and, if you like, how many rubles.

    The promise is read back, confirmed by 1 (2 begins anew), and stands in the report as two answers.
    """

    kind_title: ClassVar = {"ru": "Обещание оплатить", "en": "Promise to pay"}
    help_ru: ClassVar = (
        "Принимает обещание оплатить: день (число и месяц четырьмя кнопками) и, если нужно, сколько рублей. "
        "Произносит обещанное, просит подтвердить кнопкой 1 (2 — сначала) и пишет в отчёт двумя ответами."
    )
    icon: ClassVar = "calendar-check"
    family: ClassVar = "talk"
    example: ClassVar[dict[str, Any]] = {
        "kind": "promise",
        "title": {"ru": "Обещание", "en": "Promise"},
        "text": {
            "ru": "Когда вы оплатите? Наберите день и месяц, четыре цифры. Если обещать не готовы, нажмите звёздочку.",
            "en": "When will you pay? Enter the day and the month, four digits. If you cannot promise, press star.",
        },
        "amount_text": {
            "ru": "Сколько рублей вы оплатите? Наберите сумму и нажмите решётку.",
            "en": "How many rubles will you pay? Enter the amount, then press the hash key.",
        },
        "confirm": {
            "ru": "Вы оплатите {{ promise_amount | money('RUB', 'acc') }} не позднее {{ promise_date | date('gen') }}. "
            "Верно — нажмите 1, ввести снова — 2.",
            "en": "You promise to pay {{ promise_amount | money('RUB') }} by {{ promise_date | date }}. "
            "If this is right, press 1. To enter it again, press 2.",
        },
        "within_days": 14,
        "exits": {"promised": "bye", "declined": "bye", "no_input": "bye"},
    }

    kind: Literal["promise"]
    amount_text: Text | None = form_field(
        "Вопрос о сумме",
        "Question about the amount",
        "Без него спрашивается только день",
        "Without it only the day is asked",
        widget="speech",
        default=None,
    )
    confirm: Text = form_field(
        "Проверка",
        "Read back",
        "Произносит обещанное и просит нажать 1, если верно, или 2, чтобы ввести снова",
        "Says what was promised and asks for 1 if it is right or 2 to enter it again",
        widget="speech",
    )
    date_question: Name = form_field(
        "Дата в отчёте", "Date in the report", "Имя ответа", "The answer's name", default="promise_date"
    )
    amount_question: Name = form_field(
        "Сумма в отчёте", "Amount in the report", "Имя ответа", "The answer's name", default="promise_amount"
    )
    within_days: int = form_field(
        "Не позже, дней",
        "Within days",
        "Самый поздний день, считая от сегодня",
        "The latest day, counted from today",
        widget="number",
        default=14,
        ge=0,
        le=366,
    )
    min_amount: int = ranges.limit(
        ("Рублей не меньше", "Rubles at least"),
        ("Наименьшая сумма, которую стоит обещать", "The smallest amount worth a promise"),
        least=1,
        default=1,
    )
    max_amount: int | None = ranges.limit(
        ("Рублей не больше", "Rubles at most"), ("Наибольшая сумма", "The largest amount"), least=1
    )
    debt: Name | None = form_field(
        "Столбец с долгом",
        "Column of the debt",
        "Больше этой суммы обещать нельзя; копейки округляются вверх",
        "No more than this can be promised; kopecks are rounded up",
        widget="column",
        default=None,
    )
    decline_key: Key | None = form_field(
        "Кнопка отказа",
        "Key to decline",
        "Не готов обещать",
        "Cannot promise",
        widget="key",
        default="*",
    )
    digit_timeout_s: float = ranges.digit_timeout()

    def keys(self) -> str:
        """All digits and the keys to end, repeat and decline."""
        return "0123456789" + "".join(dict.fromkeys("#" + (self.repeat_key or "") + (self.decline_key or "")))

    def exits(self) -> tuple[Exit, ...]:
        """Promised, declined if that is offered, and the ways out."""
        declined = (Exit(name="declined", title={"ru": "Не обещает", "en": "Declined"}, by_key=True),)
        return (
            Exit(name="promised", title={"ru": "Обещал", "en": "Promised"}, by_key=True),
            *(declined if self.decline_key else ()),
            *self.way_outs(),
        )

    # -- asking --

    def collect(self, visit: Visit, *fields: str) -> Collect:
        """Ask for the day, then for the amount, then whether both are right."""
        if self._complete(visit.memo):
            return self.read_back(visit)
        asks_amount = self.date_question in visit.memo
        return Collect(
            node=visit.node,
            parts=visit.say(*fields, "amount_text" if asks_amount else "text"),
            allowed=self.keys(),
            min_digits=1 if asks_amount else 4,
            max_digits=MOST_DIGITS if asks_amount else 4,
            terminators="#",
            timeout_s=self.timeout_s,
            digit_timeout_s=self.digit_timeout_s,
            barge_in=self.barge_in,
            early=self.early,
        )

    def _complete(self, memo: Mapping[str, str]) -> bool:
        return (self.date_question if self.amount_text is None else self.amount_question) in memo

    def judge(self, visit: Visit, keys: str) -> Leave | Collect | None:
        """A day or an amount within the limits, or the wish to promise nothing."""
        if self._complete(visit.memo):
            return self.judge_confirmation(visit, keys)
        if keys == self.decline_key:
            return Leave("declined")
        if self.date_question in visit.memo:
            amount = keyed.read_amount(keys)
            if amount is None or not self._fits(amount, visit):
                return None
            return self.ask_next(visit, {**visit.memo, self.amount_question: keyed.plain_amount(amount)})
        day = keyed.read_date(keys, visit.today, with_year=False, earliest=0, latest=self.within_days)
        return None if day is None else self.ask_next(visit, {self.date_question: day.isoformat()})

    def _fits(self, amount: Decimal, visit: Visit) -> bool:
        """Whole rubles within the limits and no more than the debt."""
        least, most = self.min_amount, ranges.top(self.max_amount, MOST_DIGITS)
        owed = read(visit.values.get(self.debt, ""), "money", visit.reading.language) if self.debt else None
        if isinstance(owed, Decimal):
            most = min(most, ceil(owed))
            least = min(least, most)  # who owes less than the least may promise all of it
        return amount == int(amount) and ranges.within(amount, least, most)

    def take(self, visit: Visit) -> Leave:
        """The promise is given."""
        for question, value in visit.memo.items():
            visit.set(question, value)
            label = keyed.shown_date(value) if question == self.date_question else value
            visit.note(Answered(node=visit.node, question=question, value=value, label=label))
        amount = visit.memo.get(self.amount_question, "")
        visit.note(Promised(node=visit.node, date=visit.memo[self.date_question], amount=amount))
        return Leave("promised")

    # -- what others ask --

    @property
    def _questions(self) -> tuple[str, ...]:
        return (self.date_question,) if self.amount_text is None else (self.date_question, self.amount_question)

    def phrases(self) -> tuple[Phrase, ...]:
        """The questions, the reminders, the reading back."""
        amount = () if self.amount_text is None else (Phrase(field="amount_text", text=self.amount_text),)
        return (*super().phrases(), *amount, Phrase(field="confirm", text=self.confirm, gives=self._questions))

    def reads(self) -> Iterable[tuple[str, str]]:
        """The debt."""
        return [("debt", self.debt)] if self.debt else []

    def gives(self, values: Mapping[str, Values]) -> dict[str, Values]:
        """Too many to list."""
        del values
        return dict.fromkeys(self._questions)

    def samples(self) -> Mapping[str, tuple[str, ...]]:
        """Days, and whole rubles."""
        amounts = keyed.number_samples(ranges.top(self.max_amount, MOST_DIGITS))
        return dict(zip(self._questions, (keyed.date_samples(), amounts), strict=False))

    def answer_types(self) -> Mapping[str, str]:
        """The day is compared as a date."""
        return {self.date_question: "date"}

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        """Promised."""
        del known
        return frozenset(self._questions) if exit_name == "promised" else frozenset()

    def questions(self, name: str, languages: tuple[str, ...]) -> tuple[Question, ...]:
        """The day and the amount."""
        title = texts(self.title, languages) if self.title else {}
        words = {"ru": ("дата", "сумма"), "en": ("date", "amount")}
        kinds: tuple[tuple[str, Literal["date", "money"]], ...] = tuple(
            zip(self._questions, ("date", "money"), strict=False)
        )
        return tuple(
            Question(
                name=question,
                node=name,
                title={
                    language: f"{title[language]}: {words.get(language, words['en'])[place]}"
                    if language in title
                    else question
                    for language in languages
                },
                options={},
                kind=kind,
            )
            for place, (question, kind) in enumerate(kinds)
        )

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """The limits leave something to promise, keys differ, the debt is an amount."""
        fields = ("min_amount", "max_amount", "max_amount")
        yield from ranges.limit_issues(name, self.min_amount, self.max_amount, MOST_DIGITS, fields)
        if self.date_question == self.amount_question:
            ru, en = "Дата и сумма должны называться по-разному", "The date and the amount need different names"
            yield error(name, "amount_question", "name_clash", ru, en)
        if self.debt and self.debt in about.names and about.types.get(self.debt) != "money":
            ru, en = f"«{self.debt}» — не столбец с суммой", f"{self.debt!r} is no column of type money"
            yield error(name, "debt", "type_unfit", ru, en)
        used = {"decline_key": self.decline_key, "repeat_key": self.repeat_key}
        for field, key in used.items():
            if key and (key.isdigit() or key == "#"):
                ru = "Здесь годится только звёздочка: цифрами набирают ответ, решёткой его кончают"
                en = "Only the star can be used here: digits are the answer, the hash key ends it"
                yield error(name, field, "keys_clash", ru, en)
        yield from self.check_keys(name, [(field, key) for field, key in used.items() if key])
