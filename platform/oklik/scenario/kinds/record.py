"""The node kind that takes an answer by voice: records it, and lets the person hear it and say it anew.

A recording is the answer once it is kept; whoever hangs up after speaking, or after hearing the menu, has answered too.
Where the sound lies, and what becomes of the takes that were not kept, is the host's affair.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from oklik.scenario.flow import (
    Digits,
    Event,
    HungUp,
    NoInput,
    Played,
    Record,
    Recorded,
    Silence,
    VoiceAnswered,
)
from oklik.scenario.kinds.base import (
    NO_INPUT_TITLE,
    About,
    Exit,
    Issue,
    Leave,
    Move,
    Phrase,
    Question,
    Reason,
    Values,
    Visit,
    error,
    question_title,
    unexpected,
    warning,
)
from oklik.scenario.kinds.reviewing import HEARING, MENU, ReviewingNode

CALL_S = 900  # the longest a call gets where nobody says otherwise


class RecordNode(ReviewingNode):
    """Takes an answer by voice.  The report links to the recording.

    Tell people in the question that what they say is recorded: nothing here can check that your words do.
    """

    kind_title: ClassVar = {"ru": "Ответ голосом", "en": "Voice answer"}
    help_ru: ClassVar = (
        "Записывает ответ голосом; в отчёте будет ссылка на запись. Скажите в вопросе, что ответ записывается: "
        "проверка сценария не умеет понять, сказано ли это."
    )
    icon: ClassVar = "microphone"
    family: ClassVar = "talk"
    records: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {
        "kind": "record",
        "title": {"ru": "Отзыв", "en": "Comment"},
        "text": {
            "ru": "Расскажите после сигнала, что нам улучшить. Ответ записывается. Закончив, нажмите решётку.",
            "en": "After the tone, tell us what to improve. Your answer is recorded. Press pound when you are done.",
        },
        "question": "comment",
        "max_s": 60,
        "silence_s": 4,
        "review": {
            "ru": "Прослушать ответ — 1, записать заново — 2, отправить — 3.",
            "en": "To hear your answer, press 1; to record it again, 2; to send it, 3.",
        },
        "exits": {"done": "bye", "no_input": "bye"},
    }

    kind: Literal["record"]

    def exits(self) -> tuple[Exit, ...]:
        """Recorded, or nothing was said."""
        return (
            # Not by a key: an answering machine leaves by it, too.
            Exit(name="done", title={"ru": "Записан", "en": "Recorded"}),
            Exit(name="no_input", title=NO_INPUT_TITLE, missing="no_input_missing"),
        )

    # -- the run --

    def enter(self, visit: Visit) -> Move:
        """Ask and record."""
        return self._record(visit, 1, "text")

    def resume(self, visit: Visit, event: Event) -> Move:
        """Take a recording, or what was pressed in the menu after it."""
        if visit.memo.get("at") == MENU and isinstance(event, Digits | NoInput):
            return self.choose(visit, event.keys if isinstance(event, Digits) else "")
        if visit.memo.get("at") == HEARING and isinstance(event, Played):
            return self.offer(visit)
        if "at" in visit.memo or not isinstance(event, Recorded):
            raise unexpected(visit.node, event)
        if event.seconds < self.min_s:
            visit.tries += 1
            visit.note(Silence(node=visit.node, tries=visit.tries))
            again = visit.tries < self.tries
            return self._record(visit, self.take(visit), "no_input", "text") if again else Leave("no_input")
        self._said(visit, event.seconds)
        if self.review is None or self.take(visit) >= self.takes:
            return self.keep(visit)
        visit.tries = 0
        return self.offer(visit)

    def hung_up(self, visit: Visit, event: HungUp) -> Reason:
        """Whoever has spoken has answered."""
        if "at" not in visit.memo and event.spoke_s >= self.min_s:
            self._said(visit, event.spoke_s)
        if "at" in visit.memo:
            self.keep(visit)
        return "hung_up"

    def _said(self, visit: Visit, seconds: float) -> None:
        visit.memo = {"take": visit.memo["take"], "said": f"{seconds:.1f}", "at": MENU}

    def _record(self, visit: Visit, take: int, *fields: str) -> Record:
        visit.memo = {"take": str(take)}
        return Record(
            node=visit.node,
            question=self.question,
            take=take,
            parts=visit.say(*fields),
            beep=self.beep,
            max_s=self.max_s,
            min_s=self.min_s,
            silence_s=self.silence_s,
            end_keys=self.end_key or "",
        )

    def record_again(self, visit: Visit, take: int) -> Move:
        """Say so, or the question once more."""
        return self._record(visit, take, "text" if self.again is None else "again")

    def keep(self, visit: Visit) -> Leave:
        """The answer is how long it is; the recording itself lies with the host."""
        seconds = float(visit.memo["said"])
        visit.set(self.question, str(min(max(round(seconds), 1), self.max_s)))
        answer = VoiceAnswered(node=visit.node, question=self.question, take=self.take(visit), seconds=seconds)
        visit.note(answer)
        return Leave("done")

    # -- what others ask --

    def phrases(self) -> tuple[Phrase, ...]:
        """The question, the reminder, and what belongs to the menu."""
        said = (("text", self.text), ("no_input", self.no_input))
        asked = tuple(Phrase(field=name, text=text) for name, text in said if text is not None)
        return asked + self.review_phrases()

    def gives(self, values: Mapping[str, Values]) -> dict[str, Values]:
        """Whole seconds."""
        del values
        return {self.question: tuple(map(str, range(1, self.max_s + 1)))}

    def answer_types(self) -> Mapping[str, str]:
        """A number of seconds."""
        return {self.question: "number"}

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        """Recorded."""
        del known
        return frozenset((self.question,)) if exit_name == "done" else frozenset()

    def question_report(self, name: str, languages: tuple[str, ...]) -> Question | None:
        """A recording."""
        title = question_title(self, self.question, languages)
        return Question(name=self.question, node=name, title=title, options={}, kind="voice")

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """It can end, it fits into a call, and no key of the menu means two things."""
        del about
        if self.min_s >= self.max_s:
            ru = f"Запись не длиннее {self.max_s} с, а засчитывается от {self.min_s:g} с: так не ответит никто"
            en = f"A recording of at most {self.max_s} s counts from {self.min_s:g} s on: nobody can answer"
            yield error(name, "min_s", "range_bad", ru, en)
        if self.end_key is None and not self.silence_s:
            ru = f"Закончить ответ нечем: человек будет ждать все {self.max_s} с. Задайте кнопку или тишину"
            en = f"Nothing ends the answer before its {self.max_s} s are over. Give it an end key or a silence"
            yield warning(name, "end_key", "record_endless", ru, en)
        most = self.max_s * (self.takes if self.review is not None else 1)
        if most >= CALL_S:
            ru = f"Записи могут занять {most // 60} мин, а звонок длится до {CALL_S // 60}, если не задать больше"
            en = f"The recordings may take {most // 60} min; a call is cut after {CALL_S // 60} unless told otherwise"
            yield warning(name, "max_s", "record_long", ru, en)
        yield from self.check_menu(name)
