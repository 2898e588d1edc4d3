"""The node kind that hands the person to an agent group, or to one phone."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import StringConstraints

from oklik.scenario import keyed
from oklik.scenario.flow import WAIT_S, Event, HungUp, Say, Transfer, TransferEnded, TransferOutcome, Transferred
from oklik.scenario.kinds.base import (
    About,
    Exit,
    Issue,
    Key,
    Leave,
    Move,
    NodeBase,
    Phrase,
    Reason,
    RecordingKey,
    Slug,
    Text,
    Values,
    Visit,
    error,
    form_field,
    texts,
    unexpected,
    warning,
)

Number = Annotated[str, StringConstraints(pattern=r"^(\+[0-9]{1,20}|[a-z][a-z0-9_]{0,39})$")]
POSITION = "position"  # the field of the text about the place in the queue, and the name of the place in it
MOST_AHEAD = 99  # nobody is told a place beyond this
_PLACE = re.compile(r"\{\{\s*position\b")
_PLAIN = re.compile(r"\{\{\s*position\s*\}\}")


class TransferNode(NodeBase):
    """Hands the person to an agent group, or to one phone: it is rung while the person hears music.

    Agents are rung in order, those who are free, round after round until somebody takes the call or the limit of
    waiting is over.  Whoever came first is served first.
    """

    kind_title: ClassVar = {"ru": "Соединить с оператором", "en": "Transfer to an agent"}
    help_ru: ClassVar = (
        "Соединяет с группой операторов или с одним телефоном, а человек слышит музыку. Свободные операторы вызываются "
        "по очереди, круг за кругом, пока кто-то не ответит или не выйдет время; кто ждёт дольше, того соединят раньше."
    )
    icon: ClassVar = "headset"
    family: ClassVar = "people"
    example: ClassVar[dict[str, Any]] = {
        "kind": "transfer",
        "group": "sales",
        "waiting": {"ru": "Соединяю с оператором.", "en": "Connecting you to an agent."},
        "position": {"ru": "Вы {{ position | ordinal }} в очереди.", "en": "You are {{ position | ordinal }} in line."},
        "leave_key": "*",
        "exits": {"talked": "bye", "no_agent": "sorry", "failed": "sorry"},
    }

    kind: Literal["transfer"]
    group: Slug | None = form_field(
        "Группа", "Group", "Группа операторов", "The agent group", widget="group", default=None
    )
    number: Number | None = form_field(
        "Телефон",
        "Phone",
        "Вместо группы: номер вида +79161234567 или столбец с телефоном, например менеджера этого клиента",
        "Instead of a group: a number such as +79161234567, or a column with a phone, such as this client's manager's",
        default=None,
    )
    ring_s: int = form_field(
        "Вызывать каждого, с",
        "Ring each, s",
        "Сколько ждать ответа одного оператора",
        "How long one agent is rung",
        widget="seconds",
        default=20,
        ge=5,
        le=120,
    )
    wait_s: int = form_field(
        "Ждать не дольше, с",
        "Wait limit, s",
        "Сколько всего ждать оператора; 0 — обзвонить группу один раз",
        "How long to wait for an agent in all; 0 rings the group once",
        widget="seconds",
        default=WAIT_S,
        ge=0,
        le=1800,
    )
    accept_key: Key | None = form_field(
        "Кнопка приёма",
        "Accept key",
        "Оператор нажимает её, чтобы человек не попал на автоответчик",
        "The agent presses it, so that a voicemail never takes the person",
        widget="key",
        default=None,
    )
    whisper: Text | None = form_field(
        "Слышит оператор",
        "Whisper",
        "Говорится оператору перед соединением",
        "Said to the agent before the bridge",
        widget="speech",
        default=None,
    )
    waiting: Text | None = form_field(
        "Слышит человек",
        "While waiting",
        "Говорится человеку перед музыкой",
        "Said to the person before the music",
        widget="speech",
        default=None,
    )
    music: RecordingKey | None = form_field(
        "Музыка",
        "Music",
        "Имя записи, которую слышит ждущий; без неё или без файла — своя мелодия",
        "The recording that is heard while waiting; without it, or without its file, our own melody",
        widget="recording",
        default=None,
    )
    leave_key: Key | None = form_field(
        "Кнопка «не ждать»",
        "Key to leave",
        "Человек нажимает её, если не хочет ждать; скажите о ней в тексте перед музыкой",
        "The person presses it to wait no more; say so in the text before the music",
        widget="key",
        default=None,
    )
    position: Text | None = form_field(
        "Место в очереди",
        "Place in the queue",
        "Говорится, когда свободных операторов нет и когда место изменилось: «Вы {{ position | ordinal }} в очереди»",
        "Said when no agent is free and when the place has changed: “You are {{ position | ordinal }} in line”",
        widget="speech",
        default=None,
    )
    position_every_s: int = form_field(
        "О месте не чаще, с",
        "Tell the place every, s",
        "Музыка прерывается не чаще",
        "The music is interrupted no oftener",
        widget="seconds",
        default=30,
        ge=10,
        le=600,
    )

    def exits(self) -> tuple[Exit, ...]:
        """Talked, nobody took it, it failed for our reasons, or the person did not wait."""
        return (
            Exit(name="talked", title={"ru": "Поговорили", "en": "Talked"}),
            Exit(name="no_agent", title={"ru": "Никто не ответил", "en": "No agent"}, missing="no_agent_missing"),
            Exit(name="failed", title={"ru": "Сбой", "en": "Failed"}, shares="no_agent"),
            Exit(name="left", title={"ru": "Не стал ждать", "en": "Did not wait"}, shares="no_agent"),
        )

    def enter(self, visit: Visit) -> Move:
        """Ring the group, or the phone."""
        number = self.number
        if number is not None and self._column is not None:
            number = visit.values.get(number, "")
        return Transfer(
            node=visit.node,
            group=self.group or "",
            number=number,
            ring_s=self.ring_s,
            accept_key=self.accept_key,
            whisper=visit.say("whisper"),
            waiting=visit.say("waiting"),
            wait_s=self.wait_s,
            music=Say(text="", language=visit.language, recording=self.music) if self.music else None,
            leave_key=self.leave_key,
            position_every_s=self.position_every_s if self.position is not None else 0,
        )

    @property
    def _column(self) -> str | None:
        return None if self.number is None or self.number.startswith("+") else self.number

    def resume(self, visit: Visit, event: Event) -> Move:
        """The transfer is over and the person is still there."""
        if not isinstance(event, TransferEnded):
            raise unexpected(visit.node, event)
        outcome = event.outcome.value
        visit.note(Transferred(node=visit.node, outcome=outcome, talk_s=event.talk_s, fault=event.fault))
        return Leave(outcome)

    def hung_up(self, visit: Visit, event: HungUp) -> Reason:
        """Whoever leaves after talking with an agent has got what the transfer is for."""
        if not event.talked:
            return "hung_up"
        visit.note(Transferred(node=visit.node, outcome=TransferOutcome.TALKED.value))
        return "completed"

    # -- what others ask --

    def phrases(self) -> tuple[Phrase, ...]:
        """What the person hears before and between the music and what the agent hears before the bridge."""
        said = (("waiting", self.waiting, False), ("whisper", self.whisper, True))
        found = [Phrase(field=name, text=text, agent=agent) for name, text, agent in said if text is not None]
        if self.position is not None:
            found.append(Phrase(field=POSITION, text=self.position, gives=(POSITION,)))
        return tuple(found)

    def sounds(self) -> tuple[str, ...]:
        """The music."""
        return () if self.music is None else (self.music,)

    def reads(self) -> Iterable[tuple[str, str]]:
        """The column with the phone."""
        return () if self._column is None else (("number", self._column),)

    def looks_for(self) -> frozenset[str]:
        """A contact without a phone of a manager goes by the exit for failures."""
        return frozenset() if self._column is None else frozenset((self._column,))

    def gives(self, values: Mapping[str, Values]) -> dict[str, Values]:
        """The place in the queue, which has a value only while it is told."""
        del values
        return {} if self.position is None else {POSITION: None}

    def samples(self) -> Mapping[str, tuple[str, ...]]:
        """Every place that can be told."""
        return {} if self.position is None else {POSITION: keyed.number_samples(MOST_AHEAD)[1:]}

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """There is somebody to ring; what is said of the place tells it; who may leave can."""
        if (self.group is None) == (self.number is None):
            ru = "Укажите, с кем соединять: группу операторов или телефон, одно из двух"
            en = "Say whom to ring: an agent group or a phone, one of the two"
            yield error(name, "group" if self.group is None else "number", "transfer_target", ru, en)
        yield from self._number_issues(name, about)
        if self.position is not None:
            yield from self._position_issues(name, about)

    def _number_issues(self, name: str, about: About) -> Iterator[Issue]:
        column = self._column
        if self.number is not None and column is None:
            if keyed.read_phone(self.number[1:], mobile=False) != self.number:
                ru = f"{self.number} — не телефон: нужен номер с плюсом и кодом страны, например +79161234567"
                en = f"{self.number} is no phone: a number with a plus and the country's code is needed"
                yield error(name, "number", "number_bad", ru, en)
        elif column is not None and column in about.columns and about.types.get(column) != "phone":
            ru = f"Столбец «{column}» — не телефон: нужен столбец типа phone"
            en = f"Column {column!r} is no phone: a column of type phone is needed"
            yield error(name, "number", "number_not_phone", ru, en)
        elif column is not None and column not in about.columns and column in about.names:
            ru = f"«{column}» — не столбец списка: телефон берётся только из столбца типа phone"
            en = f"{column!r} is no column of the list: the phone is taken only from a column of type phone"
            yield error(name, "number", "number_not_phone", ru, en)

    def _position_issues(self, name: str, about: About) -> Iterator[Issue]:
        for language, text in texts(self.position or "", about.languages).items():
            place = POSITION if len(about.languages) == 1 else f"{POSITION}.{language}"
            if not _PLACE.search(text):
                ru, en = "В тексте о месте в очереди нет {{ position }}", "The text of the place has no {{ position }}"
                yield error(name, place, "position_missing", ru, en)
            elif _PLAIN.search(text):
                ru = "Место в очереди — число: {{ position | ordinal }} («третий») или {{ position | number }} («три»)"
                en = "The place is a number: {{ position | ordinal }} (third) or {{ position | number }} (three)"
                yield error(name, place, "position_plain", ru, en)
        if POSITION in about.columns or POSITION in about.settable:
            ru = "Имя position занято местом в очереди: назовите столбец или переменную иначе"
            en = "The name position is taken by the place in the queue: call the column or variable otherwise"
            yield error(name, POSITION, "name_taken", ru, en)
        if self.wait_s == 0:
            ru = "Группу обзвонят один раз: место в очереди изменится едва ли; задайте время ожидания"
            en = "The group is rung once: the place will hardly change; set a limit of waiting"
            yield warning(name, "wait_s", "position_idle", ru, en)
