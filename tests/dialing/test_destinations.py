"""What may be dialed at all.  The fraudsters' numbers are made of the numbering plans themselves."""

import datetime as dt
import random
from itertools import product

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from oklik.dialing import destinations, zones
from oklik.dialing.destinations import (
    HOME,
    NEVER,
    BadDestinations,
    Destinations,
    NumberKind,
    nature,
    parse_destinations,
)
from oklik.dialing.endpoint import number_through
from oklik.dialing.gate import Allow, Deny, Handover, Policy, Subject, judge, judge_agent
from oklik.dialing.sentences import CODES, sentence
from oklik.dialing.windows import WindowBook

WORLD = Destinations(countries=tuple(sorted(phonenumbers.SUPPORTED_REGIONS)), kinds=tuple(NumberKind))
NOON = dt.datetime(2025, 3, 4, 9, 0, tzinfo=dt.UTC)


def _examples(*kinds: int) -> list[str]:
    found = (
        phonenumbers.example_number_for_type(region, kind)
        for region, kind in product(sorted(phonenumbers.SUPPORTED_REGIONS), kinds)
    )
    return sorted({phonenumbers.format_number(one, PhoneNumberFormat.E164) for one in found if one is not None})


DEAR = _examples(PhoneNumberType.PREMIUM_RATE, PhoneNumberType.PAGER)
# Iridium, Globalstar, Thuraya's neighbours, Inmarsat, the networks on ships and in planes, premium rate of the ITU.
SATELLITES = [
    f"+{code}{rest}"
    for code in ("8816", "8817", "8818", "8819", "870", "8823", "88299", "88351", "979", "878", "888", "247", "246")
    for rest in ("1234567", "00000001", "98765432")
]
SHORT = [f"+{code}{number}" for code in ("7", "1", "44", "33", "49") for number in ("112", "911", "999", "103", "0890")]
ABROAD = [
    number
    for number in _examples(PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
    if phonenumbers.region_code_for_number(phonenumbers.parse(number)) != "RU"
]


def test_there_are_enough_of_them() -> None:
    assert len({*DEAR, *SATELLITES, *SHORT, *ABROAD}) >= 500


@pytest.mark.parametrize("opened", [HOME, WORLD])
def test_dear_numbers_are_never_dialed_whatever_is_opened(opened: Destinations) -> None:
    for number in (*DEAR, *SATELLITES, *SHORT):
        assert opened.refuses(number) is not None, number
        assert nature(number).kind in NEVER, number


def test_other_countries_are_closed_until_they_are_opened() -> None:
    for number in ABROAD:
        assert HOME.refuses(number) is not None, number
    assert WORLD.refuses("+12125550123") is None
    assert parse_destinations("RU,KZ").refuses("+77011234567") is None
    assert HOME.refuses("+77011234567") == ("destination_abroad", {"number": "+77011234567", "country": "KZ"})


def test_a_prefix_opens_what_begins_with_it() -> None:
    opened = parse_destinations("RU, +37529")
    assert opened.refuses("+375291234567") is None
    assert opened.refuses("+375172000000") is not None


@pytest.mark.parametrize("number", ["+79161234567", "+74951234567", "+78001234567"])
def test_home_is_open(number: str) -> None:
    assert HOME.refuses(number) is None


def test_the_gate_asks() -> None:
    for number in (*DEAR, *SATELLITES, *SHORT, *ABROAD):
        answer = judge(Subject(number, frozenset({"Europe/Moscow"})), Policy("debt", 4), NOON, WindowBook())
        assert isinstance(answer, Deny), number
        assert answer.next_at is None
    home = judge(Subject("+79161234567", frozenset({"Europe/Moscow"})), Policy("debt", 4), NOON, WindowBook())
    assert isinstance(home, Allow)


@given(st.from_regex(r"\A\+79[0-9]{9}\Z"))
def test_the_short_way_for_mobiles_says_what_the_tables_say(number: str) -> None:
    if number.startswith("+7954"):  # GlobalTel's, over satellites: the tables do not know
        assert nature(number).kind is NumberKind.SATELLITE
        return
    assert nature(number).kind is NumberKind.MOBILE
    parsed = phonenumbers.parse(number)
    valid = phonenumbers.is_valid_number(parsed)
    assert not valid or phonenumbers.number_type(parsed) == PhoneNumberType.MOBILE


@given(st.text(max_size=20) | st.from_regex(r"\A\+[0-9]{1,18}\Z"))
def test_nothing_that_is_no_number_of_home_gets_through(text: str) -> None:
    if HOME.refuses(text) is None:
        assert text.startswith("+7")
        assert nature(text).country == "RU"


@pytest.mark.parametrize("text", ["", "RUS", "RU,,KZ", "RU, +0", "RU, 375", "ZZ", "+375", "RU;KZ"])
def test_what_is_no_list_of_destinations_is_refused(text: str) -> None:
    with pytest.raises(BadDestinations, match="is no country code"):
        parse_destinations(text)


def test_every_refusal_has_a_sentence() -> None:
    rules = {f"destination_{kind}" for kind in NEVER} | {"destination_abroad", "destination_kind"}
    assert rules <= CODES
    told = sentence("destination_abroad", {"number": "+77011234567", "country": "KZ"}, "ru")
    assert "за границей (KZ)" in told


@pytest.mark.parametrize(
    ("dial_string", "leg", "number"),
    [
        ("sofia/gateway/pstn/{number}", "sofia/gateway/pstn/+79161234567", "+79161234567"),
        ("sofia/gateway/pstn/{digits}", "sofia/gateway/pstn/79161234567", "+79161234567"),
        ("sofia/gateway/pstn/{national}", "sofia/gateway/pstn/89161234567", "+79161234567"),
        ("sofia/gateway/pstn/{national}", "sofia/gateway/pstn/8816123456789", "+8816123456789"),
        ("sofia/internal/{digits}@10.0.0.1", "sofia/internal/79161234567@10.0.0.1", "+79161234567"),
        ("sofia/gateway/pbx/{digits}", "sofia/gateway/pbx/101", ""),
        ("sofia/gateway/pstn/{number}", "user/1001", ""),
        ("sofia/gateway/pstn/{number}", "sofia/gateway/pstn/reception", ""),
    ],
)
def test_the_number_that_a_leg_rings_is_read_out_of_it(dial_string: str, leg: str, number: str) -> None:
    assert number_through(dial_string, leg) == number


def test_no_agents_phone_leads_to_a_dear_number() -> None:
    for number in (*DEAR, *SATELLITES, *SHORT, *ABROAD):
        named = judge_agent(Handover(live=True, member=True, number=number))
        of_a_group = judge_agent(Handover(live=True, member=True, outside=number))
        assert named is not None, number
        assert of_a_group is not None, number
    assert judge_agent(Handover(live=True, member=True, outside="+79161234567")) is None
    assert judge_agent(Handover(live=True, member=True)) is None, "an extension"
    assert judge_agent(Handover(live=True, member=True, number="+77011234567"), parse_destinations("RU,KZ")) is None


def test_landlines_are_told_quickly_as_the_tables_tell_them() -> None:
    chance = random.Random(7)
    numbers = [f"+7{chance.choice('3489')}{chance.randrange(10**9):09}" for _ in range(1_500)]
    numbers += [f"+7{code}{chance.randrange(10**7):07}" for code in (800, 803, 804, 808, 809, 495, 343, 423) * 25]
    numbers += ["+7343200000", "+734320000001", "+73432000٠00"]
    numbers = [number for number in numbers if not number.startswith("+7954")]  # a satellite's, whatever the tables say
    assert [destinations.nature(number) for number in numbers] == [
        destinations._looked_up(number) for number in numbers
    ]
    assert [zones.zones_of_number(number) for number in numbers] == [zones._looked_up(number) for number in numbers]
