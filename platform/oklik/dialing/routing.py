"""Which trunks a number goes over, the best one first.  Pure; whether a trunk has room is asked later, in this order.

A route says what a trunk takes: a prefix, a country, a kind of number, or nothing at all (then it takes everything).
Of a trunk's routes the most exact one counts.  Between trunks: the longer prefix, then the lower priority, then the
lower price, and among equals a lot by weight that falls the same way for a number every time.

What a call costs is said here for all who ask (Routed.price): by its route, else by the trunk's own price.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import NamedTuple

from oklik.dialing.destinations import COUNTRIES, NumberKind, nature

_DEAR = Decimal("Infinity")  # nobody said what it costs: after all whose price is known


@dataclass(frozen=True, slots=True)
class Route:
    """What a trunk takes.  prefix: beginning of an E.164 number; country: ISO code; kind: destinations.NumberKind.

    "" says nothing.  price: of a minute, None where nobody has said.  priority: the lower one first.
    """

    prefix: str = ""
    country: str = ""
    kind: str = ""
    price: Decimal | None = None
    priority: int = 0

    def takes(self, number: str) -> bool:
        """Say whether an E.164 number is one of these."""
        if not number.startswith(self.prefix):
            return False
        if not self.country and not self.kind:
            return True
        known = nature(number)
        return self.country in {"", known.country} and self.kind in {"", known.kind}

    @property
    def exactness(self) -> tuple[int, int]:
        """How much it says: the length of the prefix, then how many of country and kind."""
        return len(self.prefix), bool(self.country) + bool(self.kind)


EVERYTHING = Route()


class BadRoute(ValueError):
    """A route cannot be read."""


_WRITTEN = re.compile(
    r"(?:(?P<prefix>\+[1-9][0-9]{0,14})|\*|(?P<country>[A-Za-z]{2})(?::(?P<kind>[a-z_]+))?|(?P<any>[a-z_]{3,}))"
    r"(?:=(?P<price>[0-9]{1,9}(?:[.,][0-9]{1,6})?))?(?:@(?P<priority>-?[0-9]{1,6}))?"
)


def parse_route(text: str) -> Route:
    """Read "+7916", "RU", "RU:mobile", "mobile" or "*" (everything else), with "=1.20" a minute and "@-1" as priority.

    Raises BadRoute.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise BadRoute(text)
    country, kind = (found["country"] or "").upper(), found["kind"] or found["any"] or ""
    if (kind and kind not in set(NumberKind)) or (country and country not in COUNTRIES):
        raise BadRoute(text)
    price = None if found["price"] is None else Decimal(found["price"].replace(",", "."))
    return Route(found["prefix"] or "", country, kind, price, int(found["priority"] or 0))


def written(route: Route) -> str:
    """Give a route as parse_route() reads it."""
    what = route.prefix or (f"{route.country}:{route.kind}" if route.country and route.kind else "")
    what = what or route.country or route.kind or "*"
    price = "" if route.price is None else f"={route.price}"
    return f"{what}{price}{f'@{route.priority}' if route.priority else ''}"


class Price(NamedTuple):
    """What a carrier takes.  attempt: for each call that is sent; minute: for each begun minute of talk.

    None: nobody has said; then it counts as nothing.
    """

    attempt: Decimal | None = None
    minute: Decimal | None = None

    @property
    def known(self) -> bool:
        """Whether anybody has said anything."""
        return self.attempt is not None or self.minute is not None

    def of(self, minutes: int, attempts: int = 1) -> Decimal:
        """Give what so many calls and so many minutes of talk cost."""
        return attempts * (self.attempt or Decimal(0)) + minutes * (self.minute or Decimal(0))


FREE = Price()


@dataclass(frozen=True, slots=True)
class Routed:
    """A trunk by its id and what it takes.  routes: none means everything.  weight: its part among equals, above 0.

    usual: its own prices, for what no route says otherwise.
    """

    trunk: int
    routes: tuple[Route, ...] = ()
    weight: float = 1.0
    usual: Price = FREE

    def price(self, route: Route | None) -> Price:
        """Give what a call by one of its routes costs (None: by none of them).  Nobody else may answer this."""
        return self.usual if route is None or route.price is None else Price(self.usual.attempt, route.price)

    def best(self, number: str) -> Route | None:
        """Give the most exact route for a number, the better of equally exact ones; None: it does not take it."""
        if not self.routes:
            return EVERYTHING
        fitting = [one for one in self.routes if one.takes(number)]
        return min(fitting, key=self.rank) if fitting else None

    def rank(self, route: Route) -> tuple[int, int, int, Decimal]:
        """Give the place of a route among others, of this trunk or another: the lower the better."""
        length, said = route.exactness
        minute = self.price(route).minute
        return -length, -said, route.priority, _DEAR if minute is None else minute


def order(number: str, trunks: Iterable[Routed]) -> Sequence[tuple[int, Route]]:
    """Give the trunks that take an E.164 number, the best one first, each with the route by which it does."""
    found = [(one, route) for one in trunks if (route := one.best(number)) is not None]
    if len(found) > 1:
        found.sort(key=lambda pair: (*pair[0].rank(pair[1]), _lot(number, pair[0]), pair[0].trunk))
    return [(one.trunk, route) for one, route in found]


def _lot(number: str, trunk: Routed) -> float:
    """A lot that is the lowest in proportion to the weights, and that a further trunk does not change for others."""
    return -math.log(drawn(f"{number} {trunk.trunk}")) / trunk.weight


def drawn(name: str) -> float:
    """Give a number between 0 and 1, both exclusive, evenly spread and always the same for a name."""
    drawn_bits = int.from_bytes(blake2b(name.encode(), digest_size=6).digest(), "big")
    return (drawn_bits + 0.5) / 2.0**48
