"""What the calls of a launch check cost: by the very prices of the lines that the claim would take, averaged.

Each person of the forecast's sample is priced by the first line for their number (Ways.of, Routed.price); what the
caller says wins over that.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from oklik.campaigns.preflight_result import Cost, Prices
from oklik.campaigns.ways import Ways
from oklik.dialing.forecast import Forecast
from oklik.dialing.routing import Price

_CENTS = Decimal("0.0001")  # of a mean


def cost_of(ways: Ways, numbers: Iterable[str], foreseen: Forecast, prices: Prices, currency: str) -> Cost | None:
    """Give the cost of the calls that are foreseen; None where nobody has said any price.

    numbers: of the people whom the forecast is a sample of.
    """
    found = Counter(_price(ways, number) for number in numbers)
    if not found:  # nobody can be called, so it costs nothing; yet the prices are shown
        found[ways[0].routed.price(None)] = 1
    attempts, minutes = Counter[Decimal | None](), Counter[Decimal | None]()
    for one, n in found.items():
        attempts[one.attempt] += n
        minutes[one.minute] += n
    price = Price(
        _mean(attempts) if prices.attempt is None else prices.attempt,
        _mean(minutes) if prices.minute is None else prices.minute,
    )
    if not price.known:
        return None
    told = prices.attempt is not None or prices.minute is not None
    unpriced = 0 if told else sum(n for one, n in found.items() if not one.known)
    by_attempt = [price.of(0, n) for n in foreseen.attempts]
    return Cost(
        attempt_price=price.attempt or Decimal(0),
        minute_price=price.minute or Decimal(0),
        by_attempt=by_attempt,
        minutes=foreseen.talk_minutes,
        total=sum(by_attempt) + price.of(foreseen.talk_minutes, 0),
        currency=currency,
        unpriced_percent=-(-100 * unpriced // found.total()),
    )


def _price(ways: Ways, number: str) -> Price:
    """What a call costs over the line that it would take first."""
    for way, route in ways.of(number):
        return way.routed.price(route)
    return Price()


def _mean(prices: Mapping[Decimal | None, int]) -> Decimal | None:
    """The mean, where unknown ones count as nothing; None where none is known."""
    known = {price: n for price, n in prices.items() if price is not None}
    if not known:
        return None
    if len(prices) == 1:
        return next(iter(known))
    return Decimal(sum(price * n for price, n in known.items()) / sum(prices.values())).quantize(_CENTS).normalize()
