"""Can it be dialed: dial strings, caller ids and agents' phones, asked of the very code that will write the command.

What a person typed is checked here before a campaign begins.  A grammar of its own would sooner or later let through
what the switch's command refuses, and then every call of a campaign would be refused, one by one.
"""

import re

from oklik.dialing.destinations import NumberKind, nature
from oklik.dialing.endpoint import EndpointError, check_agent, check_dial_string, endpoint, rung
from oklik.esl.commands import BadField, check_leg

_AGENT = "user/100"
# The shortest and the longest number of E.164, and a Russian one, which has a national form.
_NUMBERS = ("+1000000", "+999999999999999", "+79161234567")


# Whoever calls such a number back pays for it: a fraud of its own ("wangiri").
_DEAR = frozenset({NumberKind.PREMIUM, NumberKind.SATELLITE, NumberKind.PAGER, NumberKind.SHARED_COST})
_NATIONAL = re.compile(r"8[0-9]{10}")


class NotDialable(ValueError):
    """It would be refused at every call; the message is one line.  ru: the same in Russian, "" where nobody says it."""

    def __init__(self, en: str, ru: str = "") -> None:
        self.ru = ru
        super().__init__(en)


def check_trunk(dial_string: str) -> None:
    """Raise NotDialable unless every number can be dialed with this dial string (see dialing.endpoint)."""
    try:
        check_dial_string(dial_string)
        for number in _NUMBERS:
            leg = endpoint(dial_string, number)
            check_leg(leg)
            if not leg.startswith("user/") and number[2:] not in rung(leg):  # 7 and 8 in front mean the same
                raise NotDialable(f"a dial string must ring the number, and not name a host by it: {dial_string!r}")
    except EndpointError as error:
        raise NotDialable(str(error)) from None
    except BadField:
        raise NotDialable(
            f"a dial string is sofia/gateway/NAME/{{number}}, sofia/PROFILE/{{number}}@HOST[:PORT] or "
            f"user/{{number}}[@HOST]; {{digits}} or {{national}} may stand for {{number}}: {dial_string!r}"
        ) from None


def check_caller_id(number: str) -> None:
    """Raise NotDialable unless this number can be shown, and called back for the price of a usual call."""
    try:
        if not number:
            raise NotDialable("a caller id is empty", "номер звонящего пуст")
        check_leg(_AGENT, number)
    except BadField:
        raise NotDialable(
            f"a caller id is 1 to 15 digits, with or without a leading plus: {number!r}",
            f"номер звонящего — от 1 до 15 цифр, возможно с плюсом, а не «{number}»",
        ) from None
    home = f"+7{number[1:]}" if _NATIONAL.fullmatch(number) else f"+{number.removeprefix('+')}"
    if nature(home).kind in _DEAR:
        raise NotDialable(
            f"{number} cannot be shown: whoever calls it back pays for it",
            f"номер {number} показывать нельзя: кто перезвонит, заплатит",
        )


def check_agent_phone(dial_string: str) -> None:
    """Raise NotDialable unless this is the dial string of one phone and nothing more."""
    try:
        check_agent(dial_string)
        check_leg(dial_string)
    except (EndpointError, BadField):
        raise NotDialable(f"{dial_string!r} is not a dial string of one leg") from None
