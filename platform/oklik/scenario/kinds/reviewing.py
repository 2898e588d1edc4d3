"""The common part of the kinds that record: what they are told, and that people may hear it, say it anew, or send it.

Where a recording stands lies in the session's memo: which take, how long, and whether the menu is asked or the person
listens.  Silence in the menu sends it, and so does the last of the wrong keys: a voice is never lost for a key.
"""

from collections.abc import Iterator

from oklik.scenario.flow import Collect, InvalidInput, PlayRecording
from oklik.scenario.kinds.base import Issue, Key, Leave, Move, Name, NodeBase, Phrase, Text, Visit, error, form_field

LONGEST_S = 300
MENU, HEARING = "menu", "hearing"


class ReviewingNode(NodeBase):
    """Records, and asks what is to become of it."""

    text: Text = form_field(
        "Вопрос",
        "Question",
        "Что услышит человек; скажите, что ответ записывается и чем закончить",
        "What the person hears; say that the answer is recorded and how to end it",
        widget="speech",
    )
    question: Name = form_field(
        "Вопрос в отчёте",
        "Question in the report",
        "Имя ответа, с ним и имя файла записи",
        "The answer's name, and part of the file's",
    )
    beep: bool = form_field(
        "Сигнал", "Beep", "Короткий гудок перед записью", "A short tone before the recording", widget="switch",
        default=True,
    )  # fmt: skip
    max_s: int = form_field(
        "Не дольше, с",
        "At most, s",
        "После стольких секунд запись кончается сама",
        "After so many seconds the recording ends by itself",
        widget="seconds",
        default=60,
        ge=1,
        le=LONGEST_S,
    )
    min_s: float = form_field(
        "Не короче, с",
        "At least, s",
        "Меньше — всё равно что молчание",
        "Less than this counts as silence",
        widget="seconds",
        default=1.0,
        ge=0.5,
        le=60,
    )
    silence_s: int = form_field(
        "Конец по тишине, с",
        "Silence that ends it, s",
        "Столько тишины подряд кончает запись, в начале тоже; 0 — не кончает",
        "So much silence on end ends the recording, at its beginning, too; 0: it does not",
        widget="seconds",
        default=4,
        ge=0,
        le=60,
    )
    end_key: Key | None = form_field(
        "Кнопка конца", "End key", "Кончает запись", "Ends the recording", widget="key", default="#"
    )
    tries: int = form_field(
        "Попыток",
        "Tries",
        "Сколько раз всего просить, если человек молчит или жмёт не то",
        "How many times people are asked in all who say nothing or press a wrong key",
        widget="number",
        default=2,
        ge=1,
        le=5,
    )
    no_input: Text | None = form_field(
        "Если молчит",
        "On silence",
        "Говорится перед повтором вопроса",
        "Said before the question is repeated",
        widget="speech",
        default=None,
    )
    review: Text | None = form_field(
        "Меню после записи",
        "Menu after it",
        "Предлагает прослушать, записать заново или отправить; молчание — отправить. Пусто: меню нет",
        "Offers to hear it, record it again or send it; silence sends it. Empty: there is no menu",
        widget="speech",
        default=None,
    )
    listen_key: Key | None = form_field(
        "Кнопка «прослушать»", "Key to hear it", "В меню после записи", "In the menu after it", widget="key",
        default="1",
    )  # fmt: skip
    redo_key: Key | None = form_field(
        "Кнопка «заново»", "Key to record again", "В меню после записи", "In the menu after it", widget="key",
        default="2",
    )  # fmt: skip
    keep_key: Key | None = form_field(
        "Кнопка «отправить»", "Key to send it", "В меню после записи", "In the menu after it", widget="key",
        default="3",
    )  # fmt: skip
    invalid: Text | None = form_field(
        "Если в меню нажато не то",
        "On a wrong key",
        "Говорится перед повтором меню",
        "Said before the menu is repeated",
        widget="speech",
        default=None,
    )
    again: Text | None = form_field(
        "Если записывает заново",
        "Recording again",
        "Говорится вместо вопроса",
        "Said in place of the question",
        widget="speech",
        default=None,
    )
    takes: int = form_field(
        "Записей",
        "Recordings",
        "Сколько раз можно записать; последняя отправляется без меню",
        "How often one may record; the last one is sent without the menu",
        widget="number",
        default=3,
        ge=1,
        le=5,
    )
    timeout_s: float = form_field(
        "Ждать в меню, с",
        "Wait in the menu, s",
        "Тишина после меню, за которой ответ отправляется",
        "Silence after the menu, after which the answer is sent",
        widget="seconds",
        default=5.0,
        ge=1,
        le=30,
    )

    # -- what a kind says of itself --

    def record_again(self, visit: Visit, take: int) -> Move:
        """Begin another take."""
        raise NotImplementedError

    def keep(self, visit: Visit) -> Leave:
        """The take in the memo is the answer."""
        raise NotImplementedError

    # -- the run --

    def take(self, visit: Visit) -> int:
        """Which recording it is."""
        return int(visit.memo["take"])

    def offer(self, visit: Visit, *fields: str) -> Collect:
        """Ask what is to become of the recording: these phrases, then the menu."""
        visit.memo = {**visit.memo, "at": MENU}
        return Collect(
            node=visit.node,
            parts=visit.say(*fields, "review"),
            allowed="".join(key for _, key in self._keys()) or "0123456789",
            timeout_s=self.timeout_s,
        )

    def choose(self, visit: Visit, key: str) -> Move:
        """Do what the key means; "" is silence."""
        if not key or key == self.keep_key:
            return self.keep(visit)
        if key == self.listen_key:
            visit.memo = {**visit.memo, "at": HEARING}
            return PlayRecording(node=visit.node, question=self.question, take=self.take(visit))
        visit.tries = 0 if key == self.redo_key else visit.tries + 1
        if key == self.redo_key:
            return self.record_again(visit, self.take(visit) + 1)
        visit.note(InvalidInput(node=visit.node, keys=key, tries=visit.tries))
        return self.offer(visit, "invalid") if visit.tries < self.tries else self.keep(visit)

    # -- what others ask --

    def review_phrases(self) -> tuple[Phrase, ...]:
        """The menu and what is said around it."""
        if self.review is None:
            return ()
        said = (("review", self.review), ("invalid", self.invalid), ("again", self.again))
        return tuple(Phrase(field=name, text=text) for name, text in said if text is not None)

    def _keys(self) -> list[tuple[str, str]]:
        fields = (("listen_key", self.listen_key), ("redo_key", self.redo_key), ("keep_key", self.keep_key))
        return [(name, key) for name, key in fields if key is not None]

    def check_menu(self, name: str) -> Iterator[Issue]:
        """No key means two things."""
        seen: dict[str, str] = {}
        for field_name, key in self._keys() if self.review is not None else ():
            if key in seen:
                ru = f"Кнопка {key} назначена дважды: «{seen[key]}» и «{field_name}»"
                en = f"Key {key} has two meanings: {seen[key]} and {field_name}"
                yield error(name, field_name, "keys_clash", ru, en)
            seen[key] = field_name
