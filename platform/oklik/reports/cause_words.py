"""Why calls were not answered, in words, and what can be done: by the switch's hangup cause and the SIP status."""

from collections.abc import Mapping
from typing import Any

import msgspec

_Words = tuple[str, str]

# cause or status -> what it is, what to do; a status says more than the cause that goes with it.
_CAUSES: dict[str, tuple[_Words, _Words]] = {
    "USER_BUSY": (("Занято", "Busy"), ("делать ничего не нужно: перезвоним", "nothing to do: they are called again")),
    "NO_ANSWER": (
        ("Не берут трубку", "Nobody picks up"),
        ("попробовать другие часы или дольше ждать ответа", "try other hours, or let it ring longer"),
    ),
    "ORIGINATOR_CANCEL": (
        ("Не дождались ответа", "Gave up ringing"),
        ("делать ничего не нужно: перезвоним", "nothing to do: they are called again"),
    ),
    "NO_USER_RESPONSE": (
        ("Телефон не отвечает сети", "The phone does not respond"),
        ("делать ничего не нужно: перезвоним", "nothing to do: they are called again"),
    ),
    "SUBSCRIBER_ABSENT": (
        ("Телефон выключен или вне сети", "The phone is off or out of reach"),
        ("делать ничего не нужно: перезвоним", "nothing to do: they are called again"),
    ),
    "CALL_REJECTED": (
        ("Звонок отклонён", "The call was rejected"),
        (
            "если таких много: проверить, не помечен ли номер как спам, и вход на линию",
            "if there are many: see whether the number is marked as spam, and the trunk's login",
        ),
    ),
    "UNALLOCATED_NUMBER": (
        ("Номер не существует", "The number does not exist"),
        ("исправить номера в списке", "correct the numbers of the list"),
    ),
    "INVALID_NUMBER_FORMAT": (
        ("Оператор не понял номер", "The carrier does not read the number"),
        ("проверить формат номера в настройках линии: 7…, 8… или +7…", "see the number format of the trunk: 7, 8, +7"),
    ),
    "NO_ROUTE_DESTINATION": (
        ("Оператор не знает, куда звонить", "The carrier has no route"),
        ("проверить формат номера и направления у оператора", "see the number format, and the carrier's destinations"),
    ),
    "NUMBER_CHANGED": (
        ("Номер сменился", "The number was changed"),
        ("исправить номера в списке", "correct the numbers of the list"),
    ),
    "GATEWAY_DOWN": (
        ("Линия не зарегистрирована", "The trunk is not registered"),
        ("проверить линию: адрес, имя и пароль", "see the trunk: address, name and password"),
    ),
    "NETWORK_OUT_OF_ORDER": (
        ("Сеть оператора не работает", "The carrier's network is out of order"),
        ("узнать у оператора связи", "ask the carrier"),
    ),
    "NORMAL_TEMPORARY_FAILURE": (
        ("Временный сбой у оператора", "A temporary failure of the carrier"),
        ("если не проходит: узнать у оператора связи", "if it lasts: ask the carrier"),
    ),
    "RECOVERY_ON_TIMER_EXPIRE": (
        ("Оператор не ответил вовремя", "The carrier did not answer in time"),
        ("проверить связь с оператором и адрес линии", "see the network to the carrier, and the trunk's address"),
    ),
    "NORMAL_CIRCUIT_CONGESTION": (
        ("У оператора нет свободных линий", "The carrier has no free lines"),
        ("уменьшить число каналов или звонков в секунду", "lower the channels or the calls per second"),
    ),
    "SWITCH_CONGESTION": (
        ("Перегрузка", "Congestion"),
        ("уменьшить число каналов или звонков в секунду", "lower the channels or the calls per second"),
    ),
    "INCOMPATIBLE_DESTINATION": (
        ("Не совпали кодеки", "No codec in common"),
        ("проверить кодеки в настройках линии", "see the trunk's codecs"),
    ),
    "DESTINATION_OUT_OF_ORDER": (
        ("Звонок не удался на нашей стороне или у адресата", "Failed on our side, or at the destination"),
        ("если таких много: посмотреть журнал коммутатора", "if there are many: see the switch's log"),
    ),
    "LOST": (
        ("Связь с коммутатором пропадала", "The switch was out of reach"),
        ("проверить, работает ли коммутатор", "see whether the switch works"),
    ),
    "401": (
        ("Оператор не принял пароль", "The carrier refused the password"),
        ("проверить имя и пароль линии", "see the trunk's name and password"),
    ),
    "402": (
        ("На счёте у оператора нет денег", "The account at the carrier is empty"),
        ("пополнить счёт", "pay the carrier"),
    ),
    "403": (
        ("Оператор запретил звонок", "The carrier forbids the call"),
        (
            "проверить номер, с которого звоним, и разрешённые направления",
            "see the number that is shown, and the destinations allowed",
        ),
    ),
    "503": (
        ("Оператор не справляется", "The carrier is overloaded"),
        ("уменьшить число звонков в секунду", "lower the calls per second"),
    ),
}
_CAUSES["407"] = _CAUSES["401"]
_UNKNOWN: tuple[_Words, _Words] = (
    ("Другая причина", "Another cause"),
    ("если таких много: показать код оператору связи", "if there are many: show the code to the carrier"),
)
_OURS = frozenset(
    {"401", "402", "403", "407", "503", "GATEWAY_DOWN", "NETWORK_OUT_OF_ORDER", "RECOVERY_ON_TIMER_EXPIRE", "LOST"}
    | {"NORMAL_CIRCUIT_CONGESTION", "SWITCH_CONGESTION", "INCOMPATIBLE_DESTINATION", "NORMAL_TEMPORARY_FAILURE"}
    | {"INVALID_NUMBER_FORMAT", "NO_ROUTE_DESTINATION"}
)


class CauseLine(msgspec.Struct, frozen=True):
    """A cause.  code: as the switch says it, with the SIP status; trouble: somebody should look at it."""

    code: str
    count: int
    title: str
    advice: str
    trouble: bool

    def to_json(self) -> dict[str, Any]:
        """Give JSON values by the fields' names."""
        return msgspec.structs.asdict(self)


def cause_lines(causes: Mapping[str, int], language: str) -> list[CauseLine]:
    """Give causes in words, troubles first and the most frequent before others.  causes: as of results.Counts."""
    lines = []
    for code, count in causes.items():
        cause, _, status = code.partition(" ")
        key = status if status in _CAUSES else cause
        title, advice = _CAUSES.get(key, _UNKNOWN)
        place = 0 if language == "ru" else 1
        lines.append(CauseLine(code, count, title[place], advice[place], key in _OURS))
    return sorted(lines, key=lambda one: (not one.trouble, -one.count, one.code))
