import datetime as dt

import phonenumbers
import pytest
from phonenumbers import timezone as number_zones

from oklik.dialing.law.in_force import rules_of
from oklik.dialing.numbering import NumberingPlan
from oklik.dialing.windows import next_open
from oklik.dialing.zone_words import zone_words
from oklik.dialing.zones import (
    ANYWHERE,
    KAZAKHSTAN,
    RUSSIA,
    ZoneError,
    ZoneRule,
    certain_zone,
    parse_zone,
    tzinfo,
    where,
    zones_of_number,
)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("МСК+2", "UTC+05:00"),
        ("мск + 7", "UTC+10:00"),
        ("МСК-1", "UTC+02:00"),
        ("МСК−1", "UTC+02:00"),
        ("(МСК+4)", "UTC+07:00"),
        ("МСК", "Europe/Moscow"),
        ("msk", "Europe/Moscow"),
        ("МСК+0", "Europe/Moscow"),
        ("UTC+5", "UTC+05:00"),
        ("utc +05:30", "UTC+05:30"),
        ("GMT-3", "UTC-03:00"),
        ("+5", "UTC+05:00"),
        ("+0530", "UTC+05:30"),
        ("UTC", "UTC"),
        ("asia/omsk", "Asia/Omsk"),
        ("Europe/Moscow", "Europe/Moscow"),
    ],
)
def test_a_zone_is_read_as_people_write_it(text: str, zone: str) -> None:
    assert parse_zone(text) == zone
    tzinfo(zone)


@pytest.mark.parametrize(
    "text", ["", " ", "5", "МСК2", "+25", "Москва", "UTC+", "GMT+15", "../etc/passwd", "+5+5", "Z5"]
)
def test_what_is_no_zone_is_refused(text: str) -> None:
    with pytest.raises(ZoneError, match="must look like"):
        parse_zone(text)


def test_a_fixed_line_has_its_towns_zone() -> None:
    assert zones_of_number("+73432123456") == {"Asia/Yekaterinburg"}
    assert zones_of_number("+74232123456") == {"Asia/Vladivostok"}


def test_kaliningrad_has_no_summer_time() -> None:
    # The number tables say Bucharest, which would open an hour too early in summer.
    assert zones_of_number("+74012123456") == {"Europe/Kaliningrad"}


@pytest.mark.parametrize("number", ["+79161234567", "+78001234567", "+79991234567"])
def test_a_russian_mobile_may_be_anywhere_in_russia(number: str) -> None:
    assert zones_of_number(number) == RUSSIA


def test_a_kazakh_mobile_is_in_kazakhstan() -> None:
    assert zones_of_number("+77011234567") == KAZAKHSTAN


@pytest.mark.parametrize(
    ("own", "number", "zones", "rule"),
    [
        ("МСК+2", "+79161234567", {"UTC+05:00"}, ZoneRule.OWN),
        ("Свердловская обл.", "+79161234567", {"Asia/Yekaterinburg"}, ZoneRule.OWN),
        ("  ", "+73432123456", {"Asia/Yekaterinburg"}, ZoneRule.PREFIX),
        ("нет", "+73432123456", {"Asia/Yekaterinburg"}, ZoneRule.PREFIX),
        (None, "+79131234567", {"Asia/Omsk"}, ZoneRule.PLAN),
        (None, "+79161234567", RUSSIA, ZoneRule.POSSIBLE),
        (None, "rubbish", ANYWHERE, ZoneRule.POSSIBLE),
    ],
)
def test_what_is_surest_decides_and_is_named(own: str | None, number: str, zones: set[str], rule: ZoneRule) -> None:
    plan = NumberingPlan([(9131000000, 9131999999, frozenset({"Asia/Omsk"}))])
    assert where(own, number, plan=plan) == (zones, rule)


def test_nobody_is_called_anywhere_when_nothing_is_known() -> None:
    """The campaign's own zone is never taken for the contact's: better not at all than in the night."""
    noon = dt.datetime(2025, 3, 4, 9, 0, tzinfo=dt.UTC)
    for purpose in ("debt", "survey"):
        assert next_open(rules_of(purpose).hours, ANYWHERE, noon) is None


def test_equal_sets_are_one_object() -> None:
    # They are keys of caches; a million contacts must not bring a million sets.
    assert where("МСК+2", "+79161234567").zones is where("UTC+5", "+79161234568").zones


def test_the_region_of_the_list_settles_what_the_number_leaves_open() -> None:
    mobile, fixed, kazakh = "+79161234567", "+73432123456", "+77011234567"
    assert where(None, mobile, "Asia/Omsk") == ({"Asia/Omsk"}, ZoneRule.BASE)
    assert where(None, mobile, "UTC+05:00").zones == {"UTC+05:00"}
    assert where(None, fixed, "Asia/Omsk").zones == {"Asia/Yekaterinburg"}, "a landline is where it is"
    assert where("МСК+2", mobile, "Asia/Omsk").zones == {"UTC+05:00"}, "the row knows best"
    assert where(None, kazakh, "Europe/Moscow").zones == KAZAKHSTAN, "nobody there lives by that clock"
    assert where(None, kazakh, "UTC+05:00").zones == {"UTC+05:00"}
    assert where(None, "rubbish", "Asia/Omsk").zones == {"Asia/Omsk"}


def test_contacts_of_one_zone_are_told_by_it_and_others_by_the_campaigns() -> None:
    assert certain_zone(frozenset({"Asia/Omsk"}), "Europe/Moscow") == "Asia/Omsk"
    assert certain_zone(RUSSIA, "Europe/Moscow") == "Europe/Moscow"


@pytest.mark.parametrize("code", range(0, 1000, 7))
def test_the_short_way_for_mobiles_says_what_the_tables_say(code: int) -> None:
    """Else a newer table would be passed over: then the short way must go."""
    number = f"+79{code:03}1234567"[:12]
    assert len(number_zones.time_zones_for_number(phonenumbers.parse(number))) > 1
    assert zones_of_number(number) is RUSSIA


@pytest.mark.parametrize(
    ("zone", "ru", "en"),
    [
        ("Europe/Moscow", "Москва (МСК)", "Moscow (UTC+3)"),
        ("Asia/Omsk", "Омск (МСК+3)", "Omsk (UTC+6)"),
        ("Europe/Kaliningrad", "Калининград (МСК−1)", "Kaliningrad (UTC+2)"),
        ("UTC+05:30", "МСК+2:30", "UTC+5:30"),
        ("UTC+03:00", "МСК", "UTC+3"),
        ("UTC", "UTC", "UTC"),
        ("Europe/Berlin", "Berlin (UTC+2)", "Berlin (UTC+2)"),
        ("America/New_York", "New York (UTC−4)", "New York (UTC−4)"),
    ],
)
def test_zones_in_words(zone: str, ru: str, en: str) -> None:
    july = dt.datetime(2025, 7, 1, tzinfo=dt.UTC)
    assert (zone_words(zone, "ru", july), zone_words(zone, "en", july)) == (ru, en)


def test_every_zone_of_russia_has_a_russian_name() -> None:
    july = dt.datetime(2025, 7, 1, tzinfo=dt.UTC)
    for zone in RUSSIA | KAZAKHSTAN:
        assert not zone_words(zone, "ru", july).isascii()
        assert zone_words(zone, "ru", july)[0].isalpha()
