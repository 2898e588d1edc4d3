"""From a person's number to the dial string of a trunk, and which of our numbers is shown.

Typed and checked by full match, because the result goes to a switch: no text of a customer passes here.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

from oklik.dialing.destinations import NumberKind, nature

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_NATIONAL = re.compile(r"8[0-9]{10}")
# A leg without variables, brackets, commas or bars, which would mean something to the switch.
_DIAL_STRING = re.compile(r"[A-Za-z0-9_.@:;=+/-]*\{(?:number|digits|national)\}[A-Za-z0-9_.@:;=+/-]*")
# An agent's leg: no variables, no list of legs, no blanks; that would be a language of the switch.
_AGENT = re.compile(r"[A-Za-z0-9_.@:;=+/-]{3,200}")
_OUTSIDE = re.compile(r"sofia/(?:gateway/[^/]+/([^/@]*)(?:@.*)?|[^/]+/([^/@]*)@.*)")
_BETWEEN = re.compile(r"[-._]")  # what may stand between digits and is dropped on the way
_SHORTEST = 7  # digits of a number; fewer are an extension of a telephone system
# The number ends what is rung.  Digits after a plus or an international prefix would begin a number of another country,
# seven would be a number by themselves, and after the code of a service carriers read no more.
_RINGS = re.compile(
    r"(?:user/|sofia/gateway/[^/{}]*/|sofia/[^/{}]*/)"
    r"(?:00|810|(?!00|810|(?:0[1-4]|10[1-4]|112|122|911|999)[+]?\{)[0-9]{0,6})[+]?"
    r"\{(?:number|digits|national)\}(?:@.*)?"
)


class EndpointError(ValueError):
    """A dial string or number that must not go to a switch; the message is one line."""


def check_dial_string(dial_string: str) -> str:
    """Give the dial string back if it is sound.

    It holds one of {number} (+79161234567), {digits} (79161234567), {national} (89161234567 for Russia and
    Kazakhstan; elsewhere like {digits}), and that is what rings: the guard against toll fraud judges the number, so
    nothing may make another of it.  Before it a few digits may stand, by which a carrier or a telephone system tells
    lines apart, or an international prefix (00, 810).  Raises EndpointError.
    """
    if not _DIAL_STRING.fullmatch(dial_string):
        raise EndpointError(
            f"a dial string must hold {{number}}, {{digits}} or {{national}} once, and only "
            f"letters, digits and _.@:;=+/- beside: {dial_string!r}"
        )
    if not _RINGS.fullmatch(dial_string):
        raise EndpointError(
            f"what rings must be the number, with at most {_SHORTEST - 1} digits in front of it that make no other "
            f"number of it: {dial_string!r}"
        )
    return dial_string


def check_agent(dial_string: str) -> str:
    """Give the dial string of an agent's phone back if it is one leg and nothing more.  Raises EndpointError."""
    if not _AGENT.fullmatch(dial_string):
        raise EndpointError(f"{dial_string!r} is not a dial string of one leg")
    return dial_string


def endpoint(dial_string: str, number: str) -> str:
    """Give the dial string of a leg.  number: E.164 with plus.  Raises EndpointError."""
    if not _NUMBER.fullmatch(number):
        raise EndpointError(f"not an E.164 number: {number!r}")
    digits = number[1:]
    national = "8" + digits[1:] if digits[0] == "7" else digits
    return dial_string.replace("{number}", number).replace("{digits}", digits).replace("{national}", national)


def goes_through(dial_string: str, leg: str) -> bool:
    """Say whether the dial string of a leg is one of a trunk's with this dial string.

    So a leg to an agent's mobile through the trunk's gateway takes a line of that trunk; user/1001 takes none.
    """
    before, _, rest = dial_string.partition("{")
    after = rest.partition("}")[2]
    room = len(leg) - len(before) - len(after)
    return room > 0 and bool(before or after) and leg.startswith(before) and leg.endswith(after)


def number_through(dial_string: str, leg: str) -> str:
    """Give the E.164 number that a leg through a trunk with this dial string rings; "" when it rings none.

    An extension of a telephone system behind the trunk is shorter than any number and is none.
    """
    if not goes_through(dial_string, leg):
        return ""
    before, _, rest = dial_string.partition("{")
    form, _, after = rest.partition("}")
    rung = leg[len(before) : len(leg) - len(after)]
    if form == "national" and _NATIONAL.fullmatch(rung):
        rung = "7" + rung[1:]
    number = "+" + rung.removeprefix("+")
    return number if _NUMBER.fullmatch(number) else ""


def rung(leg: str) -> str:
    """Give what a leg through a gateway or to a host rings, "" for a phone of the switch's own (user/1001)."""
    found = _OUTSIDE.fullmatch(leg)
    return (found[1] or found[2]) if found else ""


def outside_number(leg: str) -> str:
    """Give the E.164 number of a leg that leaves the switch, as far as it can be told; "" for an extension.

    Eleven digits with an eight in front may be a national number or begin with the code of a country: what can be
    abroad is taken for abroad.
    """
    said = _BETWEEN.sub("", rung(leg))
    digits = said.removeprefix("+")
    if _NATIONAL.fullmatch(said) and nature("+" + said).kind is NumberKind.UNKNOWN:
        digits = "7" + digits[1:]
    return "+" + digits if len(digits) >= _SHORTEST and digits.isascii() and digits.isdecimal() else ""


def pick_caller_id(caller_ids: Sequence[str], person_id: int) -> str:
    """Give the number to show, "" when the trunk has none of its own.

    The same one to the same person in every campaign of a trunk, in whatever order they stand.  A further number takes
    its part of the people and changes nothing for the others; so does one that is taken away.
    """
    if len(caller_ids) < 2:
        return caller_ids[0] if caller_ids else ""
    return max(caller_ids, key=lambda number: (_mixed(_seed(number) ^ person_id), number))


@lru_cache(maxsize=4096)
def _seed(number: str) -> int:
    return int.from_bytes(blake2b(number.encode(), digest_size=8).digest(), "big")


def _mixed(value: int) -> int:
    """Sixty-four bits of which each hangs on all of the value's (the finalizer of splitmix64)."""
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & _BITS
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & _BITS
    return value ^ (value >> 31)


_BITS = (1 << 64) - 1
