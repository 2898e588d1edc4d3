"""Why a person is not called, in words: one table for the gate's rules and for the reasons a target is done.

Codes and args come from gate.py, retry.py, causes.py and the use cases; reports and the live display read them here.
"""

from collections.abc import Mapping
from string import Formatter
from typing import Any

from oklik.dialing.hours import Hours
from oklik.dialing.law.in_force import rules_of
from oklik.dialing.law.shapes import ROLE_TITLES, TITLES, Purpose, Role

LANGUAGES = ("ru", "en")

_SENTENCES: dict[str, dict[str, str]] = {
    # the gate's rules
    "stop_list": {
        "ru": "номер в стоп-листе: человек просил не звонить",
        "en": "on the stop list: the person asked for no calls",
    },
    "bankrupt": {
        "ru": "отмечено банкротство: не звоним, пока отметка не снята",
        "en": "marked as bankrupt: not called until that is taken back",
    },
    "bad_number": {"ru": "номер «{number}» невозможен", "en": "{number!r} cannot be a phone number"},
    "destination_abroad": {
        "ru": "номер {number} за границей ({country}), а звонки туда не открыты; их открывает администратор",
        "en": "number {number} is abroad ({country}), and calls there are not opened; an administrator opens them",
    },
    "destination_kind": {
        "ru": "номера такого вида не набираем: {number}",
        "en": "numbers of this kind are not dialed: {number}",
    },
    "destination_premium": {
        "ru": "платный номер {number}: такие не набираются никогда",
        "en": "premium-rate number {number}: never dialed",
    },
    "destination_satellite": {
        "ru": "спутниковый или международный сетевой номер {number}: такие не набираются никогда",
        "en": "satellite or international network number {number}: never dialed",
    },
    "destination_pager": {
        "ru": "номер пейджера {number}: такие не набираются никогда",
        "en": "pager number {number}: never dialed",
    },
    "destination_short": {
        "ru": "короткий или экстренный номер {number}: такие не набираются никогда",
        "en": "short or emergency number {number}: never dialed",
    },
    "destination_extension": {
        "ru": "короткий номер {number} через внешнюю линию не набирается, если он не записан как внутренний",
        "en": "the short number {number} is not dialed over a line to the outside unless it is noted as an extension",
    },
    "destination_unknown": {
        "ru": "номера {number} нет ни в одном плане нумерации",
        "en": "number {number} is in no numbering plan",
    },
    "needs_human": {
        "ru": "звонки с целью «{purpose}» без участия человека запрещены законом",
        "en": "calls for {purpose} without a human are forbidden by law",
    },
    "no_consent": {"ru": "нет согласия на звонки с целью «{purpose}»", "en": "no consent to calls for {purpose}"},
    "max_attempts": {"ru": "сделаны все попытки: {attempts}", "en": "all attempts were made: {attempts}"},
    "person_busy": {"ru": "с человеком сейчас идёт другой звонок", "en": "the person is on another call of ours"},
    "window": {
        "ru": "у абонента не время для звонков (разрешено {hours})",
        "en": "not within calling hours where the person is ({hours})",
    },
    "day_off": {
        "ru": "{date} — выходной по календарю кампании: в этот день она не звонит",
        "en": "{date} is a day off by the campaign's calendar: it does not call then",
    },
    "never_open": {
        "ru": "нет часа, разрешённого во всех возможных часовых поясах абонента; укажите его часовой пояс",
        "en": "no hour is within calling hours in every zone the person may be in; say which zone it is",
    },
    "too_soon": {
        "ru": "с прошлого звонка прошло меньше {minutes} мин.",
        "en": "less than {minutes} min since the last call",
    },
    "phone_role": {
        "ru": "{role}: с целью «{purpose}» туда не звонят без согласия человека",
        "en": "{role}: not called for {purpose} without the person's consent",
    },
    "promise": {
        "ru": "человек обещал оплатить до {date}; раньше не звоним",
        "en": "the person has promised to pay by {date}; not called before that is over",
    },
    "no_route": {
        "ru": "ни одна линия кампании не берёт номер {number}: добавьте линию или маршрут",
        "en": "no line of the campaign takes the number {number}: add a line or a route",
    },
    "contact_fault": {
        "ru": "программа споткнулась на данных этого контакта; где именно, сказано в журнале дозвонщика",
        "en": "the program stumbled at this contact's data; the dialer's log says where",
    },
    "line_unread": {
        "ru": "коммутатор ещё не прочёл настройки линии",
        "en": "the switch has not read the line's settings yet",
    },
    "no_line": {"ru": "все линии для этого номера сейчас заняты", "en": "all lines for this number are in use now"},
    "breaker_open": {
        "ru": "линия «{trunk}» отключена из-за отказов ({faults} из {of}); она будет испытана снова",
        "en": "the line “{trunk}” is shut off after faults ({faults} of {of}); it will be tried again",
    },
    "budget_day": {
        "ru": "минуты или деньги на сегодня израсходованы",
        "en": "the minutes or the money of today are spent",
    },
    "allowed": {"ru": "звонок разрешён", "en": "the call is allowed"},
    "call_over": {
        "ru": "звонок, из которого переводят, уже окончен",
        "en": "the call to be transferred is over already",
    },
    "not_an_agent": {
        "ru": "телефон больше не принадлежит тем, на кого переводят",
        "en": "the phone is no longer one of those to transfer to",
    },
    "other_hour": {
        "ru": "в этот час человеку уже звонили, есть другой час",
        "en": "the person was called in this hour already, and another one is open",
    },
    # calls that a person orders
    "contact_done": {
        "ru": "контакт уже отработан, звонить ему больше не будут",
        "en": "the contact is done with and is not called any more",
    },
    "campaign_state": {
        "ru": "кампания не идёт, поэтому её контактам не звонят",
        "en": "the campaign is not running, so nobody of it is called",
    },
    "not_a_tester": {
        "ru": "номер {number} не записан среди телефонов для пробных звонков: сначала его добавляют туда",
        "en": "number {number} is not among the phones for test calls: it has to be added there first",
    },
    "tests_hour": {
        "ru": "предел пробных звонков на один телефон в час: {limit}",
        "en": "cap on test calls to one phone in an hour: {limit}",
    },
    # why a target is done or waits after an attempt
    "reached": {"ru": "итог получен", "en": "the result is in"},
    "retry": {"ru": "повтор после попытки {attempt}", "en": "to be called again after attempt {attempt}"},
    "outcome_final": {"ru": "после такого итога не перезваниваем", "en": "no further call after this result"},
    "no_more_of": {
        "ru": "после такого итога перезваниваем не больше {most} {raza}",
        "en": "at most {most} further {calls} after this result",
    },
    "numbers_dead": {
        "ru": "все номера человека не существуют или чужие",
        "en": "every number of the person is invalid or somebody else's",
    },
    "number_dead": {
        "ru": "номер не существует или чужой",
        "en": "the number is invalid or somebody else's",
    },
    "message_left": {
        "ru": "сообщение оставлено на автоответчике",
        "en": "the message was left on an answering machine",
    },
    "line_faults": {
        "ru": "линия отказала {faults} {raz}, сам абонент ни при чём",
        "en": "the line failed {faults} {times}; not the person's doing",
    },
    "opted_out": {"ru": "человек отказался от звонков", "en": "the person asked for no more calls"},
    "removed_paid": {"ru": "убран из обзвона: долг оплачен", "en": "taken out: paid"},
    "removed_dispute": {"ru": "убран из обзвона: долг оспаривается", "en": "taken out: the debt is disputed"},
    "removed_bankrupt": {"ru": "убран из обзвона: банкротство", "en": "taken out: bankrupt"},
    "removed_other": {"ru": "убран из обзвона", "en": "taken out of the campaign"},
    "pilot": {"ru": "ждёт конца пробного обзвона", "en": "waits for the end of the pilot"},
    "stopped": {"ru": "кампания остановлена", "en": "the campaign was stopped"},
    "prompt_failed": {"ru": "не удалось озвучить: {detail}", "en": "a prompt could not be made: {detail}"},
    "voice_down": {"ru": "озвучка остановилась: {detail}", "en": "the making of prompts has stopped: {detail}"},
    "value_missing": {"ru": "нет значения: «{title}»", "en": "value missing: “{title}”"},
    "value_unreadable": {"ru": "«{title}»: не читается «{value}»", "en": "“{title}”: cannot read “{value}”"},
    "value_too_small": {
        "ru": "«{title}»: «{value}» меньше, чем {limit}",
        "en": "“{title}”: “{value}” is less than {limit}",
    },
    "value_too_large": {
        "ru": "«{title}»: «{value}» больше, чем {limit}",
        "en": "“{title}”: “{value}” is more than {limit}",
    },
    "preparing": {"ru": "готовится озвучка", "en": "prompts are being made"},
    "waiting": {"ru": "ждёт очереди", "en": "waits for its turn"},
    "dialing": {"ru": "идёт звонок", "en": "is being called"},
    "not_sent": {"ru": "звонок не был отправлен, будет повторён", "en": "the call was not sent and will be made anew"},
}

# The caps: what is counted, in which period.
_COUNTED = {
    "talks": {"ru": "разговоров", "en": "talks"},
    "unanswered": {"ru": "звонков без ответа", "en": "unanswered calls"},
    "attempts": {"ru": "звонков", "en": "calls"},
    "messages": {"ru": "голосовых сообщений", "en": "voice messages"},
}
_PERIODS = {
    "day": {"ru": "в сутки", "en": "a day"},
    "week": {"ru": "в неделю", "en": "a week"},
    "month": {"ru": "в месяц", "en": "a month"},
    "24h": {"ru": "за 24 часа", "en": "in 24 hours"},
    "7d": {"ru": "за 7 дней", "en": "in 7 days"},
    "30d": {"ru": "за 30 дней", "en": "in 30 days"},
}
_SENTENCES |= {
    f"{counted}_{period}": {
        "ru": f"предел {counts['ru']} {length['ru']}: {{limit}}",
        "en": f"cap on {counts['en']} {length['en']}: {{limit}}",
    }
    for counted, counts in _COUNTED.items()
    for period, length in _PERIODS.items()
}
CODES = frozenset(_SENTENCES)


def sentence(rule: str, args: Mapping[str, Any] | None, language: str) -> str:
    """Give the sentence of a rule or reason code.  language: ru or en; any other reads as en.

    An unknown code is given back as it is, so that a report never fails over a newer row.
    """
    texts = _SENTENCES.get(rule)
    if texts is None:
        return rule
    language = language if language in LANGUAGES else "en"
    values = _Lenient(args or {})
    purpose = values.get("purpose")
    if purpose in TITLES:
        values["purpose"] = TITLES[purpose][language]
    if (role := values.get("role")) in {str(one) for one in Role}:
        values["role"] = ROLE_TITLES[Role(role)][language]
    if isinstance(date := values.get("date"), str):
        values["date"] = ".".join(reversed(date.split("-")))
    values |= _forms(values.get("faults", values.get("most")))
    return texts[language].format_map(values)


def needs(rule: str) -> frozenset[str]:
    """Give the names of the values that the sentence of a rule is filled with."""
    text = _SENTENCES.get(rule, {}).get("ru", "")
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name and name not in _COUNTED_BY) | (
        {_COUNTED_BY[name] for _, name, _, _ in Formatter().parse(text) if name in _COUNTED_BY}
    )


_COUNTED_BY = {"raz": "faults", "raza": "most"}  # forms of a number, and the number


def outside_hours(purpose: str, window: Hours, language: str) -> str:
    """Say that a campaign's own hours and the legal ones of its purpose never meet."""
    hours = rules_of(purpose).hours
    title = TITLES[Purpose(purpose)]
    own = "; ".join(str(day) for day in window.kinds())
    if language == "ru":
        return (
            f"часы {own} не для звонков с целью «{title['ru']}»: разрешено {hours.working} по рабочим дням, "
            f"{hours.day_off} по выходным и праздникам"
        )
    return (
        f"no calls for {title['en']} at {own}: {hours.working} on working days and {hours.day_off} on days off "
        "are allowed"
    )


def raz(number: float) -> str:
    """Give the Russian word for "times" after a number: 1 раз, 2 раза, 5 раз, 22 раза, 1.5 раза."""
    if number != int(number):
        return "раза"
    return "раза" if number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14} else "раз"


def _forms(number: Any) -> dict[str, str]:
    """Give the words that follow a count, as the sentences above name them.  raza: the genitive, after "more than"."""
    if not isinstance(number, int):
        return {}
    single = number % 10 == 1 and number % 100 != 11
    return {
        "raz": raz(number),
        "raza": "раза" if single else "раз",
        "times": "time" if number == 1 else "times",
        "calls": "call" if number == 1 else "calls",
    }


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"
