"""Reasons of many people at once: whole sentences without what differs from one of them to the other.

Of one person a reason tells the number, the value, the limit (dialing.sentences, dialing.rejections).  Where people
share the reason and not those, a sentence with gaps would say nothing, so what they share has a sentence of its own.
"""

from collections.abc import Mapping
from typing import Any

MANY = "…"
"""Stands for a value that differs from person to person."""

_Words = tuple[str, str]

_GENERAL: dict[str, _Words] = {
    "bad_number": ("номер невозможен", "these cannot be phone numbers"),
    "destination_abroad": (
        "номера за границей, а звонки туда не открыты; их открывает администратор",
        "the numbers are abroad, and calls there are not opened; an administrator opens them",
    ),
    "destination_kind": ("номера такого вида не набираем", "numbers of this kind are not dialed"),
    "destination_premium": ("платные номера: такие не набираются никогда", "premium-rate numbers: never dialed"),
    "destination_satellite": (
        "спутниковые и международные сетевые номера: такие не набираются никогда",
        "satellite and international network numbers: never dialed",
    ),
    "destination_pager": ("номера пейджеров: такие не набираются никогда", "pager numbers: never dialed"),
    "destination_short": (
        "короткие и экстренные номера: такие не набираются никогда",
        "short and emergency numbers: never dialed",
    ),
    "destination_extension": (
        "короткие номера через внешнюю линию не набираются, если они не записаны как внутренние",
        "short numbers are not dialed over a line to the outside unless they are noted as extensions",
    ),
    "destination_unknown": ("номеров нет ни в одном плане нумерации", "the numbers are in no numbering plan"),
    "needs_human": ("такие звонки без участия человека запрещены законом", "the law wants a human for such calls"),
    "no_consent": ("нет согласия на такие звонки", "there is no consent to such calls"),
    "max_attempts": ("сделаны все попытки", "all attempts were made"),
    "day_off": ("выходной по календарю кампании", "a day off by the campaign's calendar"),
    "window": ("у людей сейчас не время для звонков", "not within calling hours where the people are"),
    "too_soon": ("с прошлого звонка прошло слишком мало времени", "too little time since the last call"),
    "phone_role": (
        "это чужие телефоны: туда не звонят без согласия человека",
        "phones of others: not called without the person's consent",
    ),
    "promise": ("люди обещали оплатить; до обещанного дня не звоним", "promises to pay: not called before their day"),
    "no_route": (
        "ни одна линия кампании не берёт эти номера: добавьте линию или маршрут",
        "no line of the campaign takes these numbers: add a line or a route",
    ),
    "breaker_open": (
        "линии отключены из-за отказов; они будут испытаны снова",
        "lines are shut off after faults; they will be tried again",
    ),
    "not_a_tester": (
        "номера не записаны среди телефонов для проверки",
        "the numbers are not among the phones for tests",
    ),
    "tests_hour": ("исчерпан предел пробных звонков в час", "the cap on test calls in an hour is reached"),
    "retry": ("перезвоним: с прошлого раза ещё не прошло нужное время", "to be called again when the pause is over"),
    "no_more_of": ("после такого итога больше не перезваниваем", "no more calls after this result"),
    "line_faults": ("линия отказывала, сами люди ни при чём", "the line failed; not the people's doing"),
    "prompt_failed": ("не удалось озвучить тексты", "prompts could not be made"),
    "voice_down": ("озвучка остановилась", "the making of prompts has stopped"),
    "value_missing": ("в строках нет нужных значений", "values are missing in the rows"),
    "value_unreadable": ("значения в строках не читаются", "values in the rows cannot be read"),
    "value_too_small": ("значения меньше разрешённых", "values are less than allowed"),
    "value_too_large": ("значения больше разрешённых", "values are more than allowed"),
    "letters": (
        "в номерах буквы: возможно, О вместо нуля",
        "letters inside the numbers: perhaps O for zero",
    ),
    "too_short": ("в номерах не хватает цифр", "the numbers are too short"),
    "too_long": ("в номерах лишние цифры", "the numbers are too long"),
    "short_code": ("короткие или служебные номера", "short or service codes"),
    "unassigned": ("таких номеров не бывает", "no such numbers can exist"),
    "premium": ("платные номера, на такие не звоним", "premium-rate numbers, never called"),
    "rounded": (
        "Excel округлил номера: оформите столбец как текст и выгрузите заново",
        "Excel rounded the numbers: make the column text and export again",
    ),
    "fax": ("это номера факсов", "fax numbers"),
    "duplicate": ("те же номера, что в других строках", "the same numbers as in other rows"),
    "bad_zone": ("часовой пояс не понят, взят по номеру", "the time zone is not understood, taken from the number"),
    "no_person_key": ("нет ключа человека: узнаём его по телефону", "there is no person key: known by the phone"),
    "key_of_many": (
        "один ключ стоит у слишком многих: узнаём людей по телефону",
        "too many rows have one key: people are known by the phone",
    ),
}

_COUNTED: dict[str, _Words] = {
    "talks": ("разговоров", "talks"),
    "unanswered": ("звонков без ответа", "unanswered calls"),
    "attempts": ("звонков", "calls"),
    "messages": ("голосовых сообщений", "voice messages"),
}
_PERIODS: dict[str, _Words] = {
    "day": ("в сутки", "a day"),
    "week": ("в неделю", "a week"),
    "month": ("в месяц", "a month"),
    "24h": ("за 24 часа", "in 24 hours"),
    "7d": ("за 7 дней", "in 7 days"),
    "30d": ("за 30 дней", "in 30 days"),
}
_GENERAL |= {
    f"{counted}_{period}": (f"исчерпан предел {ru} {russian}", f"the cap on {en} {english} is reached")
    for counted, (ru, en) in _COUNTED.items()
    for period, (russian, english) in _PERIODS.items()
}

# The column is known, the values differ.
_OF_COLUMN: dict[str, _Words] = {
    "value_unreadable": (
        "в столбце «{title}» значения не читаются",
        "values of the column “{title}” cannot be read",
    ),
    "value_too_small": (
        "в столбце «{title}» значения меньше разрешённых",
        "values of the column “{title}” are less than allowed",
    ),
    "value_too_large": (
        "в столбце «{title}» значения больше разрешённых",
        "values of the column “{title}” are more than allowed",
    ),
}
CODES = frozenset(_GENERAL)


def general(code: str, args: Mapping[str, Any], language: str) -> str | None:
    """Give the sentence of a reason that many share; None for a code that has none.  args: what they have in common."""
    told = _OF_COLUMN.get(code) if args.get("title", MANY) != MANY else None
    told = told or _GENERAL.get(code)
    if told is None:
        return None
    return (told[0] if language == "ru" else told[1]).format_map(args)


def whole(needed: frozenset[str], args: Mapping[str, Any]) -> bool:
    """Whether every value that a sentence needs is known and the same for all."""
    return all(args.get(name) not in {None, "", MANY} for name in needed)
