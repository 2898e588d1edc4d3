"""Which trunk a number goes over."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oklik.dialing.routing import EVERYTHING, BadRoute, Price, Route, Routed, drawn, order, parse_route, written

MOBILE, LANDLINE, ABROAD = "+79161234567", "+74951234567", "+375291234567"


def way(trunk: int, *routes: Route, weight: float = 1.0) -> Routed:
    return Routed(trunk, routes, weight)


def ids(number: str, *trunks: Routed) -> list[int]:
    return [trunk for trunk, _ in order(number, trunks)]


def test_a_trunk_without_routes_takes_everything() -> None:
    assert order(MOBILE, [way(1)]) == [(1, EVERYTHING)]


def test_what_no_route_takes_goes_nowhere() -> None:
    assert ids(ABROAD, way(1, Route("+7")), way(2, Route(country="RU"))) == []


def test_the_longer_prefix_wins_then_priority_then_price() -> None:
    price = {n: Decimal(n) for n in (1, 2, 3)}
    long, short = way(1, Route("+7916", price=price[3])), way(2, Route("+7", price=price[1]))
    assert ids(MOBILE, short, long) == [1, 2]
    assert ids(MOBILE, way(1, Route("+7", price=price[2])), way(2, Route("+7", price=price[1]))) == [2, 1]
    favoured = Route("+7", price=price[3], priority=-1)
    assert ids(MOBILE, way(1, Route("+7", price=price[1])), way(2, favoured)) == [2, 1]
    assert ids(MOBILE, way(1, Route("+7")), way(2, Route("+7", price=price[3]))) == [2, 1], "unknown is the dearest"


def test_country_and_kind() -> None:
    mobiles, landlines = way(1, Route(kind="mobile")), way(2, Route(country="RU", kind="landline"))
    assert ids(MOBILE, mobiles, landlines) == [1]
    assert ids(LANDLINE, mobiles, landlines) == [2]
    assert ids(ABROAD, mobiles, way(3, Route(country="BY"))) in ([1, 3], [3, 1])
    assert ids(ABROAD, way(4, Route(country="BY", kind="mobile")), way(3, Route(country="BY"))) == [4, 3]


def test_of_a_trunk_the_most_exact_route_tells_the_price() -> None:
    cheap, dear = Route("+7", price=Decimal(1)), Route("+7916", price=Decimal(5))
    assert order(MOBILE, [way(1, cheap, dear)]) == [(1, dear)]
    assert order(LANDLINE, [way(1, dear, cheap)]) == [(1, cheap)]


def test_equals_share_by_weight_and_a_number_always_falls_the_same_way() -> None:
    trunks = [way(1, weight=3.0), way(2, weight=1.0)]
    first = {n: ids(f"+7916{n:07}", *trunks)[0] for n in range(4000)}
    assert 2850 < Counter(first.values())[1] < 3150
    assert first == {n: ids(f"+7916{n:07}", *reversed(trunks))[0] for n in range(4000)}
    with_third = {n: ids(f"+7916{n:07}", *trunks, way(3))[0] for n in range(4000)}
    moved = {n for n in first if first[n] != with_third[n]}
    assert {with_third[n] for n in moved} == {3}, "nobody moves between the old ones"


routes = st.lists(
    st.builds(
        Route,
        prefix=st.sampled_from(["", "+7", "+79", "+7916", "+375", "+7495"]),
        country=st.sampled_from(["", "RU", "BY"]),
        kind=st.sampled_from(["", "mobile", "landline"]),
        price=st.none() | st.decimals(0, 9, places=2),
        priority=st.integers(-2, 2),
    ),
    max_size=4,
)
ways = st.lists(st.tuples(routes, st.floats(0.1, 10)), max_size=5).map(
    lambda found: [Routed(n, tuple(of), weight) for n, (of, weight) in enumerate(found)]
)


@given(number=st.sampled_from([MOBILE, LANDLINE, ABROAD]), trunks=ways, turned=st.randoms())
def test_whatever_the_routes(number: str, trunks: list[Routed], turned: object) -> None:
    found = order(number, trunks)
    for trunk, route in found:
        assert route is EVERYTHING or route in trunks[trunk].routes
        assert route.takes(number)
    left_out = {one.trunk for one in trunks} - {trunk for trunk, _ in found}
    assert not any(route.takes(number) for one in left_out for route in trunks[one].routes)
    assert all(trunks[one].routes for one in left_out)
    lengths = [len(route.prefix) for _, route in found]
    assert lengths == sorted(lengths, reverse=True)
    shuffled = list(trunks)
    turned.shuffle(shuffled)  # type: ignore[attr-defined]
    assert order(number, shuffled) == found


@given(st.text())
def test_a_lot_is_between_nought_and_one(name: str) -> None:
    assert 0 < drawn(name) < 1
    assert drawn(name) == drawn(name)


@pytest.mark.parametrize("prefix", ["+7916", "+79161234567"])
def test_a_prefix_is_a_beginning(prefix: str) -> None:
    assert Route(prefix).takes(MOBILE)
    assert not Route(prefix).takes("+7915" + MOBILE[5:])


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("+7916=0.90", Route("+7916", price=Decimal("0.90"))),
        ("RU", Route(country="RU")),
        ("ru:mobile=2@-3", Route(country="RU", kind="mobile", price=Decimal(2), priority=-3)),
        ("landline", Route(kind="landline")),
        ("*=1,5", Route(price=Decimal("1.5"))),
    ],
)
def test_routes_as_they_are_written(text: str, route: Route) -> None:
    assert parse_route(text) == route
    assert parse_route(written(route)) == route


@pytest.mark.parametrize(
    "text", ["", "+", "+0", "7916", "=1", "@2", "RUS", "ZZ", "RU:", "RU:boat", "+7=-1", "**", "+7=1e9"]
)
def test_what_is_no_route(text: str) -> None:
    with pytest.raises(BadRoute):
        parse_route(text)


def test_what_a_call_costs_is_said_by_the_route_else_by_the_trunk() -> None:
    usual = Price(Decimal("0.3"), Decimal("1.5"))
    routes = (parse_route("+7916=0.9"), parse_route("RU"))
    trunk = Routed(1, routes, usual=usual)
    assert trunk.price(trunk.best("+79161234567")) == (Decimal("0.3"), Decimal("0.9"))
    assert trunk.price(trunk.best("+74951234567")) == usual
    assert trunk.price(None) == Routed(1, usual=usual).price(EVERYTHING) == usual
    assert not Routed(1).price(EVERYTHING).known
    assert usual.of(2) == Decimal("3.3")
    assert usual.of(2, attempts=10) == Decimal("6.0")
    assert Price(minute=Decimal(2)).of(3) == Decimal(6)


def test_the_cheaper_one_first_whoever_said_the_price() -> None:
    cheap = Routed(1, (parse_route("+7"),), usual=Price(minute=Decimal("0.9")))
    dear, unknown = Routed(2, (parse_route("+7=1"),)), Routed(3, (parse_route("+7"),))
    own = Routed(4, (parse_route("+7=0.5"),), usual=Price(minute=Decimal(9)))
    assert [trunk for trunk, _ in order("+79161234567", [unknown, dear, cheap, own])] == [4, 1, 2, 3]
