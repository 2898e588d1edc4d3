"""The words of the ledger (why.py): its sections, what stands in each, and what a supervisor can do about it.

Rules and reasons have their sentences in dialing.sentences; a code that is new here is still put into a section and
told by its own sentence.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

from oklik.dialing import rejections, sentences
from oklik.dialing.disposition import LEVEL
from oklik.dialing.vocabulary import Disposition
from oklik.reports import words
from oklik.reports.general_words import general, whole


class Section(StrEnum):
    """Where rows of a list can stand, in the order in which people ask."""

    CALLING = "calling"  # on the line now
    DUE = "due"  # their time has come
    WINDOW = "window"  # calling hours
    CAPPED = "capped"  # limits per person
    RETRY = "retry"  # the pause before the next call
    PERSON = "person"  # another call, or a promise, of the same person
    OTHER = "other"  # waits for a reason that is none of these
    PREPARING = "preparing"  # speech is being made
    BARRED = "barred"  # may never be called
    REACHED = "reached"  # done: somebody answered
    UNREACHED = "unreached"  # done: all calls made
    STOPPED = "stopped"  # taken off when the campaign was stopped
    REJECTED = "rejected"  # rows of the list that are no contacts
    OUTSIDE = "outside"  # in the list, but not in the campaign


SECTIONS = tuple(Section)
FINISHED = frozenset(
    {Section.BARRED, Section.REACHED, Section.UNREACHED, Section.STOPPED, Section.REJECTED, Section.OUTSIDE}
)

_Words = tuple[str, str]

_TITLES: dict[Section, _Words] = {
    Section.CALLING: ("Идёт звонок", "On the line now"),
    Section.DUE: ("Пора звонить", "Due now"),
    Section.WINDOW: ("Ждут разрешённого часа", "Wait for calling hours"),
    Section.CAPPED: ("Исчерпан предел звонков человеку", "The cap of calls to the person is reached"),
    Section.RETRY: ("Пауза перед следующим звонком", "Pause before the next call"),
    Section.PERSON: ("Ждут из-за самого человека", "Wait for the person"),
    Section.OTHER: ("Ждут по другой причине", "Wait for another reason"),
    Section.PREPARING: ("Готовится озвучка", "Speech is being made"),
    Section.BARRED: ("Звонить нельзя", "May not be called"),
    Section.REACHED: ("Закончено: трубку взяли", "Done: somebody answered"),
    Section.UNREACHED: ("Закончено: не дозвонились", "Done: not reached"),
    Section.STOPPED: ("Сняты остановкой кампании", "Taken off by the stop"),
    Section.REJECTED: ("Строки списка не приняты", "Rows of the list refused"),
    Section.OUTSIDE: ("Есть в списке, но не в кампании", "In the list, but not in the campaign"),
}

# Why those whose time has come are not on the line, and how far a call is.
_STATES: dict[str, _Words] = {
    "turn": ("очередь дойдёт за секунды", "their turn comes within seconds"),
    "no_line": ("все линии заняты", "all lines are in use"),
    "cps": ("исчерпаны звонки в секунду", "no more calls may be begun in this second"),
    "breaker_open": ("линия отключена после череды отказов", "the line is switched off after a run of faults"),
    "switch_away": ("нет связи с коммутатором", "the switch does not answer"),
    "writer_behind": ("результаты не успевают записываться", "results are not written fast enough"),
    "leaving": ("дозвонщик завершает работу", "the dialer is leaving"),
    "no_dialer": ("дозвонщик не запущен", "no dialer is running"),
    "campaign_draft": ("кампания ещё не запущена", "the campaign was not started yet"),
    "campaign_paused": ("кампания на паузе", "the campaign is paused"),
    "held": ("кампанию приостановил сам дозвонщик", "the dialer itself has paused the campaign"),
    "campaign_stopped": ("кампания остановлена", "the campaign is stopped"),
    "campaign_done": ("кампания закончена", "the campaign is over"),
    "intent": ("вот-вот наберётся", "is about to be dialed"),
    "sent": ("набирается", "is being dialed"),
    "ringing": ("звонит", "rings"),
    "answered": ("идёт разговор", "is talking"),
    "agent_rung": ("вызывается оператор", "an agent is being rung"),
    "with_agent": ("говорит с оператором", "talks to an agent"),
    "ended": ("положили трубку, итог записывается", "hung up, the result is being written"),
    "pilot": (
        "ждут конца пробы: сначала обзваниваются первые",
        "wait for the end of the pilot: others are called first",
    ),
    "not_in_campaign": ("строка появилась после запуска", "the row came after the launch"),
}

_HELD: dict[str, _Words] = {
    "recordings_closed": (
        "коммутатор не может записывать ответы: проверьте папку записей и права на неё",
        "the switch cannot write recordings: look at their folder and its permissions",
    ),
    "pilot_done": (
        "проба закончена",
        "the pilot is over",
    ),
    "version_unreadable": (
        "версию её сценария нельзя прочитать",
        "the version of its scenario cannot be read",
    ),
    "restored": (
        "база восстановлена из копии: что было после неё, в базе не записано",
        "the database was put back from a backup: what was done after that is not in it",
    ),
}

# What a supervisor can do, by code, else by section.
_ADVICE: dict[str, _Words] = {
    "turn": ("делать ничего не нужно", "nothing needs to be done"),
    "pilot_done": ("запустить остальных или остановить", "start the others, or stop the campaign"),
    "version_unreadable": (
        "вернуть прежнюю версию программы или начать кампанию заново с версией, которая читается",
        "bring back the program's former version, or begin the campaign anew with a version that can be read",
    ),
    "restored": (
        "внести отказы и оплаты, которые были после копии, и продолжить",
        "put in who refused or paid after the backup was made, then resume",
    ),
    "pilot": ("дождаться конца пробы или закончить её сейчас", "wait for the end of the pilot, or end it now"),
    "no_line": ("ждать или добавить каналов линии", "wait, or give the line more channels"),
    "cps": ("ждать или поднять число звонков в секунду", "wait, or allow more calls per second"),
    "breaker_open": ("узнать у оператора связи, что с линией", "ask the carrier what is wrong with the line"),
    "switch_away": (
        "проверить, работает ли FreeSWITCH и сеть до него",
        "see whether FreeSWITCH and its network are up",
    ),
    "writer_behind": ("проверить базу данных и её диск", "look at the database and its disk"),
    "leaving": (
        "попросить администратора снова запустить дозвонщик",
        "ask the administrator to start the dialer again",
    ),
    "no_dialer": ("попросить администратора запустить дозвонщик", "ask the administrator to start the dialer"),
    "campaign_draft": ("запустить кампанию", "start the campaign"),
    "campaign_paused": ("продолжить кампанию, когда будет можно", "let the campaign go on when it may"),
    "held": ("устранить причину и продолжить кампанию", "mend it, then let the campaign go on"),
    "never_open": (
        "указать часовой пояс в списке или в настройках кампании",
        "put the time zone into the list or the campaign's settings",
    ),
    "no_consent": ("получить согласие и внести его", "get consent and enter it"),
    "bankrupt": (
        "если отметка ошибочна, попросить администратора снять её",
        "if the mark is a mistake, ask the administrator to take it back",
    ),
    "needs_human": ("звонить такое должен человек", "a human has to make such calls"),
    "bad_number": ("исправить номер в списке", "correct the number in the list"),
    "contact_fault": (
        "проверить строку контакта и показать администратору журнал дозвонщика; остальным звонят",
        "look at the contact's row and show the dialer's log to the administrator; the others are called",
    ),
    "destination_abroad": ("попросить администратора открыть страну", "ask the administrator to open the country"),
    "person_busy": ("ждать: проверим через полминуты", "wait: asked again in half a minute"),
    "prompt_failed": ("проверить голос и текст, запустить снова", "look at voice and text, then start again"),
    "voice_down": ("проверить, работает ли озвучка", "see whether the voice works"),
    "value_missing": ("заполнить столбец в списке", "fill in the list's column"),
    "line_fault": ("узнать у оператора связи, что с линией", "ask the carrier what is wrong with the line"),
    "line_faults": ("узнать у оператора связи, что с линией", "ask the carrier what is wrong with the line"),
    "no_agent": ("добавить операторов или звонить медленнее", "add agents, or dial more slowly"),
    "abandoned": ("добавить операторов или звонить медленнее", "add agents, or dial more slowly"),
    "duplicate": ("ничего: человеку позвонят один раз", "nothing: the person is called once"),
}
_ADVICE_OF: dict[Section, _Words] = {
    Section.CALLING: ("делать ничего не нужно", "nothing needs to be done"),
    Section.DUE: ("узнать причину у администратора", "ask the administrator for the reason"),
    Section.WINDOW: (
        "ждать; часовой пояс в списке или в настройках кампании открывает больше часов",
        "wait; a time zone in the list or the campaign's settings opens more hours",
    ),
    Section.CAPPED: ("ждать: этот предел не обойти", "wait: this cap holds for everybody"),
    Section.RETRY: (
        "ждать; паузы и число повторов задают в настройках кампании",
        "wait; pauses and how often to call again are settings of a campaign",
    ),
    Section.PERSON: ("ждать", "wait"),
    Section.OTHER: ("ждать названного времени", "wait until the time that is named"),
    Section.PREPARING: ("ждать: звонки пойдут по мере готовности", "wait: calls begin as speech becomes ready"),
    Section.BARRED: ("исключить из списка или устранить причину", "leave them out, or mend the reason"),
    Section.REACHED: ("смотреть отчёт", "see the report"),
    Section.UNREACHED: ("проверить номера, позвонить позже другой кампанией", "check the numbers, call later anew"),
    Section.STOPPED: ("запустить новую кампанию, если они нужны", "launch a new campaign if they are wanted"),
    Section.REJECTED: ("исправить строки в файле и загрузить снова", "correct the rows and import the file again"),
    Section.OUTSIDE: ("запустить для них новую кампанию", "launch a new campaign for them"),
}

# The same for who sits at a terminal, where commands and their options say it better.
_COMMANDS: dict[str, _Words] = {
    "leaving": ("запустить дозвонщик снова: oklik up", "start a dialer again: oklik up"),
    "no_dialer": ("запустить дозвонщик: oklik up", "start a dialer: oklik up"),
    "campaign_paused": ("продолжить: oklik campaign resume", "go on: oklik campaign resume"),
    "held": ("устранить причину и продолжить: oklik campaign resume", "mend it, then: oklik campaign resume"),
    "never_open": ("указать часовой пояс в списке или --zone", "put the time zone into the list, or give --zone"),
    "bankrupt": (
        "если отметка ошибочна, снять её: oklik people readmit",
        "if the mark is a mistake, take it back: oklik people readmit",
    ),
    "destination_abroad": ("открыть страну: OKLIK_DESTINATIONS", "open the country: OKLIK_DESTINATIONS"),
}
_COMMANDS_OF: dict[Section, _Words] = {
    Section.WINDOW: (
        "ждать; часовой пояс в списке или --zone открывает больше часов",
        "wait; a time zone in the list, or --zone, opens more hours",
    ),
    Section.RETRY: ("ждать или изменить план повторов (--retry-plan)", "wait, or change the plan (--retry-plan)"),
}

_TEXTS: dict[str, _Words] = {
    "after": ("следующий звонок после «{outcome}»", "the next call after “{outcome}”"),
    "new": ("причина «{code}»", "reason “{code}”"),
    "calling": ("Звонки идут: на линии {n}.", "It is dialing: {n} on the line."),
    "calling_but": (
        "На линии {n}, но новых звонков нет: {reason}. Что сделать: {advice}.",
        "{n} on the line, but no new calls: {reason}. What to do: {advice}.",
    ),
    "is": ("Не звонит: {reason}. Что сделать: {advice}.", "Not dialing: {reason}. What to do: {advice}."),
    "over": ("Звонить больше некому: список пройден.", "There is nobody left to call: the list is done."),
    "empty": ("Список пуст.", "The list is empty."),
}

# Reasons with which the calls to somebody come to an end; all others bar a person from being called.
_ENDS = frozenset(
    {None, "reached", "opted_out", "outcome_final", "no_more_of", "max_attempts", "numbers_dead", "number_dead"}
    | {"line_faults", "stopped"}
)
# With these nobody new is called, however many calls are still up.
_STUCK = frozenset({"breaker_open", "switch_away", "writer_behind", "leaving", "no_dialer"})
_CAPS = ("talks_", "unanswered_", "attempts_", "messages_")
_PERSONS = ("person_", "promise", "paid", "remov")
_ANSWERED = LEVEL[Disposition.NO_INPUT]  # up to this level a human was on the line


def section_of_waiting(code: str) -> Section:
    """Give the section of a target that waits for its time, by its reason."""
    if code in ("window", "day_off"):
        return Section.WINDOW
    if code == "too_soon" or code.startswith(_CAPS):
        return Section.CAPPED
    if code in ("retry", "other_hour", "not_sent"):
        return Section.RETRY
    return Section.PERSON if code.startswith(_PERSONS) else Section.OTHER


def section_of_done(reason: str | None, disposition: str | None) -> tuple[Section, str]:
    """Give the section and code of a target that is done, by why it ended and what its calls came to."""
    known = LEVEL.get(Disposition(disposition)) if disposition else None
    if known is not None and disposition and known <= _ANSWERED:
        return Section.REACHED, disposition
    if reason == "stopped":
        return Section.STOPPED, "stopped"
    if disposition is None or reason not in _ENDS:
        return Section.BARRED, reason or "done"
    return Section.UNREACHED, disposition


def _pick(pair: _Words, language: str) -> str:
    return pair[0] if language == "ru" else pair[1]


def title(section: Section, language: str) -> str:
    """Give the heading of a section."""
    return _pick(_TITLES[section], language)


def entry_words(section: Section, code: str, args: Mapping[str, Any], language: str) -> str:
    """Say what the rows of an entry have in common; a code that nothing is known of is named as it is."""
    names = words.disposition_names(language)
    if section in (Section.REACHED, Section.UNREACHED):
        return names.get(code, code)
    if section is Section.REJECTED:
        return rejection_words(code, args, language)
    if code == "breaker_open" and whole(sentences.needs(code), args):
        return str(words.reason(code, args, language))
    if code in _STATES:
        return words.capital(_pick(_STATES[code], language))
    if code == "retry" and args.get("outcome") in names:
        return words.capital(_pick(_TEXTS["after"], language).format(outcome=names[args["outcome"]]))
    if not whole(sentences.needs(code), args) and (shared := general(code, args, language)) is not None:
        return words.capital(shared)
    told, unknown = words.reason(code, args, language), (None, words.capital(code))
    return words.capital(_pick(_TEXTS["new"], language).format(code=code)) if told in unknown else str(told)


def rejection_words(code: str, args: Mapping[str, Any], language: str) -> str:
    """Say why rows of a list were refused.  args: detail, where it is the same for all of them."""
    if not whole(rejections.needs(code), args) and (shared := general(code, args, language)) is not None:
        return words.capital(shared)
    return words.rejection(code, str(args.get("detail", "")), language)


def advice(section: Section, code: str, language: str, *, terminal: bool = False) -> str:
    """Say what a supervisor can do about an entry.  terminal: with the commands that help."""
    if terminal and (told := _COMMANDS.get(code) or (code not in _ADVICE and _COMMANDS_OF.get(section))):
        return _pick(told, language)
    return _pick(_ADVICE.get(code) or _ADVICE_OF[section], language)


class Counted(Protocol):
    """An entry, as far as the headline asks (why.Entry)."""

    @property
    def section(self) -> Section: ...  # noqa: D102
    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def count(self) -> int: ...  # noqa: D102
    @property
    def args(self) -> dict[str, Any]: ...  # noqa: D102


def headline_words(
    state: str, held: str | None, entries: Sequence[Counted], language: str, *, terminal: bool = False
) -> str:
    """Answer in one sentence: calls are going on, or the one reason that holds most people back.  See advice."""

    def what(section: Section, code: str) -> str:
        return advice(section, code, language, terminal=terminal)

    calling = sum(one.count for one in entries if one.section is Section.CALLING)
    open_ones = [one for one in entries if one.section not in FINISHED and one.section is not Section.CALLING]
    if state == "paused" and held is not None:
        reason = _pick(_HELD.get(held, (held, held)), language)
        return _not_dialing(reason, what(Section.DUE, held if held in _ADVICE else "held"), language)
    if state == "paused" or (state == "draft" and open_ones):
        code = f"campaign_{state}"
        return _not_dialing(_pick(_STATES[code], language), what(Section.DUE, code), language)
    stuck = next((one.code for one in open_ones if one.section is Section.DUE and one.code in _STUCK), None)
    if calling and stuck:
        return _pick(_TEXTS["calling_but"], language).format(
            n=calling, reason=_pick(_STATES[stuck], language), advice=what(Section.DUE, stuck)
        )
    if calling:
        return _pick(_TEXTS["calling"], language).format(n=calling)
    if not open_ones:
        return _pick(_TEXTS["over" if entries else "empty"], language)
    # Whose time has come tells more than any number of those who wait for theirs.
    first = min(open_ones, key=lambda one: (one.section is not Section.DUE, -one.count))
    told = entry_words(first.section, first.code, first.args, language)
    return _not_dialing(told[:1].lower() + told[1:], what(first.section, first.code), language)


def _not_dialing(reason: str, what: str, language: str) -> str:
    return _pick(_TEXTS["is"], language).format(reason=reason, advice=what)
