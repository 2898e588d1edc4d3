"""The words of reports in Russian and English: outcomes, who hung up, reasons, headings.

No internal code may reach a customer: tests loop over the enums and over the codes that the rooms write.  Sentences of
the gate and of rejected rows are dialing's own; here they are only asked for.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from oklik.dialing import rejections, sentences
from oklik.dialing.vocabulary import Disposition
from oklik.scenario.spoken import EXPECTED

LANGUAGES = ("ru", "en")

_DISPOSITIONS: dict[Disposition, tuple[str, str]] = {
    Disposition.COMPLETED: ("Сценарий пройден", "Completed"),
    Disposition.DELIVERED: ("Сообщение прослушано", "Message heard"),
    Disposition.PARTIAL: ("Ответы частично", "Partly answered"),
    Disposition.HUNG_UP: ("Трубку положили", "Hung up"),
    Disposition.NO_INPUT: ("Ничего не нажато", "No key pressed"),
    Disposition.WRONG_PERSON: ("Не тот человек", "Wrong person"),
    Disposition.TRANSFERRED: ("Соединён с оператором", "Talked to an agent"),
    Disposition.DECLINED: ("Отказался отвечать", "Declined to answer"),
    Disposition.OPTED_OUT: ("Отказ от звонков", "Asked for no more calls"),
    Disposition.CALL_LATER: ("Просил перезвонить", "Asked to be called later"),
    Disposition.MACHINE: ("Автоответчик", "Answering machine"),
    Disposition.BUSY: ("Занято", "Busy"),
    Disposition.NO_ANSWER: ("Нет ответа", "No answer"),
    Disposition.REJECTED: ("Звонок отклонён", "Call rejected"),
    Disposition.UNREACHABLE: ("Недоступен", "Unreachable"),
    Disposition.INVALID_NUMBER: ("Номер не существует", "Number does not exist"),
    Disposition.LINE_FAULT: ("Сбой линии", "Line fault"),
    Disposition.ABANDONED: ("Не дождался оператора", "Left while waiting for an agent"),
    Disposition.NO_AGENT: ("Операторы были заняты", "No agent was free"),
    Disposition.CANCELLED: ("Звонок отменён", "Call cancelled"),
    Disposition.NOT_SENT: ("Звонок не отправлен", "Call not sent"),
    Disposition.UNKNOWN: ("Исход неизвестен", "Outcome unknown"),
}
# What stands for an outcome while there is none, by the state of the target.
_WITHOUT_OUTCOME: dict[str, tuple[str, str]] = {
    "preparing": ("Готовится к звонку", "Being prepared"),
    "waiting": ("Ещё не звонили", "Not called yet"),
    "dialing": ("Идёт звонок", "Being called"),
    "done": ("Не звонили", "Not called"),
}
_HANGUP_BY: dict[str, tuple[str, str]] = {
    "person": ("Абонент", "The person"),
    "us": ("Система", "The system"),
    "switch": ("Линия", "The line"),
    "unknown": ("Неизвестно", "Unknown"),
}
_CAMPAIGN_STATES: dict[str, tuple[str, str]] = {
    "draft": ("черновик", "draft"),
    "running": ("идёт", "running"),
    "paused": ("на паузе", "paused"),
    "done": ("завершена", "finished"),
    "stopped": ("остановлена", "stopped"),
    "trial": ("проба черновика", "a draft being tried"),
}

_TEXTS: dict[str, tuple[str, str]] = {
    "sheet_summary": ("Сводка", "Summary"),
    "sheet_contacts": ("Контакты", "Contacts"),
    "sheet_attempts": ("Попытки", "Attempts"),
    "sheet_changes": ("Изменено в звонках", "Changed by calls"),
    "changed_at": ("Когда", "When"),
    "column": ("Столбец", "Column"),
    "before": ("Было", "Before"),
    "after": ("Стало", "After"),
    "kept": ("Записано", "Written"),
    "kept_yes": ("да", "yes"),
    "kept_no": ("нет: не подходит к типу столбца", "no: it does not fit the column's type"),
    "sheet_rejected": ("Отклонённые строки", "Rejected rows"),
    "title": ("Отчёт об обзвоне", "Call campaign report"),
    "virtual": (
        "Репетиция на виртуальном коммутаторе: реальным людям не звонили, ответы придуманы программой.",
        "Rehearsal on the virtual switch: nobody real was called, the answers are made up by the program.",
    ),
    "unfinished": (
        "Кампания ещё не закончена ({state}): отчёт показывает то, что есть сейчас.",
        "The campaign is not over ({state}): the report shows what there is now.",
    ),
    "scenario": ("Сценарий", "Scenario"),
    "scenario_value": ("{title}, версия {number}", "{title}, version {number}"),
    "list": ("Список", "List"),
    "list_value": ("{source}: контактов {contacts}, отклонено строк {rejected}",
                   "{source}: {contacts} contacts, {rejected} rows rejected"),
    "list_value_noted": (
        "{source}: контактов {contacts}, отклонено строк {rejected}, с замечанием {remarks}",
        "{source}: {contacts} contacts, {rejected} rows rejected, {remarks} taken with a remark",
    ),
    "purpose": ("Цель звонков", "Purpose"),
    "period": ("Звонили", "Called"),
    "hours": ("Часы звонков", "Calling hours"),
    "hours_value": (
        "с {from} до {to} по времени абонента, а если его часовой пояс неизвестен, по времени офиса ({zone})",
        "from {from} to {to}, the person's time, or the office's ({zone}) where the person's zone is not known",
    ),
    "caller_ids": ("Номера, с которых звонили", "Caller IDs"),
    "zone": ("Время в отчёте", "Times in this report"),
    "zone_rules": ("Где абонент, видно", "What tells where people are"),
    "zone_rule_own": ("по столбцу списка {n}", "a column of the list {n}"),
    "zone_rule_plan": ("по реестру нумерации {n}", "the numbering register {n}"),
    "zone_rule_prefix": ("по самому номеру {n}", "the number itself {n}"),
    "zone_rule_base": ("по региону базы {n}", "the region of the list {n}"),
    "zone_rule_possible": ("не видно {n}", "nothing {n}"),
    "kpi_contacts": ("контактов", "contacts"),
    "kpi_called": ("обзвонено", "called"),
    "kpi_answered": ("ответили на звонок", "answered the call"),
    "kpi_talked": ("ответили на вопросы", "answered questions"),
    "kpi_talk": ("средний разговор", "average talk"),
    "of_called": ("{share} из обзвоненных", "{share} of those called"),
    "of_contacts": ("{share} списка", "{share} of the list"),
    "of_answered": ("{share} из ответивших", "{share} of those who answered"),
    "in_all": ("всего {time}", "{time} in all"),
    "block_outcomes": ("Итоги по контактам", "Outcomes by contact"),
    "block_question": ("Вопрос: {title}", "Question: {title}"),
    "outcome": ("Итог", "Outcome"),
    "answer": ("Ответ", "Answer"),
    "count": ("Контактов", "Contacts"),
    "share": ("Доля", "Share"),
    "total": ("Всего", "Total"),
    "answered_of": ("Ответили {n} из {base} взявших трубку", "Answered by {n} of {base} who took the call"),
    "nobody": ("На этот вопрос никто не ответил", "Nobody answered this question"),
    "block_noted": ("По значениям: {title}", "By value: {title}"),
    "noted_of": ("Контактов: {n}", "Contacts: {n}"),
    "noted_value": ("Значение", "Value"),
    "noted_nobody": ("Пока ни у одного контакта", "No contact has one yet"),
    "average": ("Среднее: {value}", "Average: {value}"),
    "others": ("Другие ответы", "Other answers"),
    "nps": ("NPS: {value} (промоутеров {high}, критиков {low})", "NPS: {value} ({high} promoters, {low} detractors)"),
    "heard": ("Прослушано", "Heard"),
    "heard_whole": ("до конца", "to the end"),
    "attempts": ("Попыток", "Attempts"),
    "returned": ("Звонил сам", "Called us"),
    "returned_value": ("звонков: {n}", "{n} calls"),
    "returned_fact": ("Перезвонили сами", "Called back"),
    "called_by": ("Кто звонил", "Called by"),
    "called_by_us": ("Мы", "Us"),
    "called_by_them": ("Абонент", "The person"),
    "number_reached": ("Ответивший номер", "Number reached"),
    "last_attempt": ("Последняя попытка", "Last attempt"),
    "caller_id": ("Звонили с номера", "Caller ID"),
    "talk": ("Разговор, с", "Talk, s"),
    "hangup_by": ("Кто завершил", "Ended by"),
    "next_call": ("Следующий звонок", "Next call"),
    "tags": ("Метки", "Tags"),
    "why": ("Пояснение", "Note"),
    "row": ("Строка списка", "Row of the list"),
    "attempt_n": ("Попытка", "Attempt"),
    "number": ("Номер", "Number"),
    "started": ("Начало", "Started"),
    "ring": ("Гудки, с", "Ringing, s"),
    "recorded_call": ("Запись", "Recording"),
    "sip": ("Код SIP", "SIP status"),
    "under_way": ("Звонок идёт", "Under way"),
    "reason": ("Причина", "Reason"),
    "taken": ("Загружена", "Taken"),
    "taken_not": ("нет", "no"),
    "taken_noted": ("да, с замечанием", "yes, with a remark"),
    "ours": ("{title} (обзвон)", "{title} (calls)"),
    "cut": ("… (обрезано)", "… (cut)"),
    "page": ("Стр. &P из &N", "Page &P of &N"),
}  # fmt: skip
# Reasons that the preparation of prompts writes about a contact's own values.
_VALUE_REASONS: dict[str, tuple[str, str]] = {
    "value_missing": ("в списке нет значения «{title}»", "the list has no value for “{title}”"),
    "value_unreadable": (
        "«{title}»: не читается «{value}», нужно: {expected}",
        "“{title}”: cannot read “{value}”, expected {expected}",
    ),
}


def _pick(pair: tuple[str, str], language: str) -> str:
    return pair[0] if language == "ru" else pair[1]


def word(key: str, language: str, **values: object) -> str:
    """A heading or phrase of the report itself; values fill its braces.  Languages other than ru read as en."""
    text = _pick(_TEXTS[key], language)
    return text.format(**values) if values else text


Own = Mapping[str, tuple[str, str]]
"""What the organisation calls outcomes: code -> (ru, en), "" where it has no name of its own."""

_own: ContextVar[Own] = ContextVar("names of outcomes", default={})  # noqa: B039  never changed


@contextmanager
def named(own: Own) -> Iterator[None]:
    """Within this the outcomes have the organisation's names (campaigns.outcome_names)."""
    token = _own.set(own)
    try:
        yield
    finally:
        _own.reset(token)


def call_outcomes(own: Own) -> None:
    """The same from here on, for what answers one request in a context of its own."""
    _own.set(own)


def standard_names() -> dict[str, tuple[str, str]]:
    """The standard names of all outcomes, in the order of lists: code -> (ru, en)."""
    return {str(code): pair for code, pair in _DISPOSITIONS.items()}


def disposition_names(language: str) -> dict[str, str]:
    """The outcome in words by its code; "" stands for contacts that were never called."""
    names = {str(code): _name(code, language) for code in _DISPOSITIONS}
    return names | {"": _pick(_WITHOUT_OUTCOME["done"], language)}


def _name(code: Disposition, language: str) -> str:
    own = _own.get().get(str(code))
    return (own and _pick(own, language)) or _pick(_DISPOSITIONS[code], language)


def outcome(disposition: str | None, state: str, language: str) -> str:
    """The outcome of a contact in words: of the attempt that tells most, else where it stands."""
    if disposition is not None:
        return _name(Disposition(disposition), language)
    return _pick(_WITHOUT_OUTCOME[state], language)


def hangup_by(code: str | None, language: str) -> str | None:
    """Who ended the call, in words; None stays None."""
    return None if code is None else _pick(_HANGUP_BY[code], language)


def campaign_state(code: str, language: str) -> str:
    """The state of a campaign in words."""
    return _pick(_CAMPAIGN_STATES[code], language)


def reason(code: str | None, args: Mapping[str, Any] | None, language: str) -> str | None:
    """Why a contact waits or is not called, as a sentence; None stays None."""
    if code is None:
        return None
    values = dict(args or {})
    if code in _VALUE_REASONS:
        expected = EXPECTED.get(str(values.get("expected")), {}).get("ru" if language == "ru" else "en", "?")
        known = {"title": "?", "value": "?"} | values | {"expected": expected}
        return capital(_pick(_VALUE_REASONS[code], language).format(**known))
    return capital(sentences.sentence(code, values, language))


def rejection(code: str, detail: str, language: str) -> str:
    """Why a row of the list was not taken, as a sentence."""
    return capital(rejections.sentence(code, detail, language))


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


KNOWN_REASONS = sentences.CODES | _VALUE_REASONS.keys()
