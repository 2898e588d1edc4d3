"""The node kind that hands the person to an agent group."""

from typing import Any, ClassVar, Literal

from oklik.scenario.flow import Event, HungUp, Transfer, TransferEnded, TransferOutcome, Transferred
from oklik.scenario.kinds.base import (
    Exit,
    Key,
    Leave,
    Move,
    NodeBase,
    Phrase,
    Reason,
    Slug,
    Text,
    Visit,
    form_field,
    unexpected,
)


class TransferNode(NodeBase):
    """Hands the person to an agent group: agents are rung in order while the person hears music."""

    kind_title: ClassVar = {"ru": "Соединить с оператором", "en": "Transfer to an agent"}
    help_ru: ClassVar = "Соединяет с группой операторов: они вызываются по очереди, а человек слышит музыку."
    icon: ClassVar = "headset"
    example: ClassVar[dict[str, Any]] = {
        "kind": "transfer",
        "group": "sales",
        "waiting": {"ru": "Соединяю с оператором.", "en": "Connecting you to an agent."},
        "exits": {"talked": "bye", "no_agent": "sorry", "failed": "sorry"},
    }

    kind: Literal["transfer"]
    group: Slug = form_field("Группа", "Group", "Группа операторов", "The agent group", widget="group")
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

    def exits(self) -> tuple[Exit, ...]:
        """Talked, nobody took it, or it failed for our reasons."""
        return (
            Exit(name="talked", title={"ru": "Поговорили", "en": "Talked"}),
            Exit(name="no_agent", title={"ru": "Никто не ответил", "en": "No agent"}, missing="no_agent_missing"),
            Exit(name="failed", title={"ru": "Сбой", "en": "Failed"}, shares="no_agent"),
        )

    def enter(self, visit: Visit) -> Move:
        """Ring the group."""
        return Transfer(
            node=visit.node,
            group=self.group,
            ring_s=self.ring_s,
            accept_key=self.accept_key,
            whisper=visit.say("whisper"),
            waiting=visit.say("waiting"),
        )

    def resume(self, visit: Visit, event: Event) -> Move:
        """The transfer is over and the person is still there."""
        if not isinstance(event, TransferEnded):
            raise unexpected(visit.node, event)
        visit.note(Transferred(node=visit.node, outcome=event.outcome.value, talk_s=event.talk_s))
        return Leave(event.outcome.value)

    def hung_up(self, visit: Visit, event: HungUp) -> Reason:
        """Whoever leaves after talking with an agent has got what the transfer is for."""
        if not event.talked:
            return "hung_up"
        visit.note(Transferred(node=visit.node, outcome=TransferOutcome.TALKED.value))
        return "completed"

    def phrases(self) -> tuple[Phrase, ...]:
        """What the person hears before the music and what the agent hears before the bridge."""
        said = (("waiting", self.waiting, False), ("whisper", self.whisper, True))
        return tuple(Phrase(field=name, text=text, agent=agent) for name, text, agent in said if text is not None)
