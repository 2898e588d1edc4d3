import phonenumbers
import pytest
from phonenumbers import timezone as number_zones

from oklik.dialing.zones import (
    KAZAKHSTAN,
    RUSSIA,
    ZoneError,
    certain_zone,
    parse_zone,
    tzinfo,
    zones_of,
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


def test_the_column_goes_before_the_number_and_the_campaign_comes_last() -> None:
    assert zones_of("МСК+2", "+79161234567", "UTC") == {"UTC+05:00"}
    assert zones_of("  ", "+73432123456", "UTC") == {"Asia/Yekaterinburg"}
    assert zones_of("нет", "+73432123456", "UTC") == {"Asia/Yekaterinburg"}
    assert zones_of(None, "+8835100012345", "Asia/Omsk") == {"Asia/Omsk"}
    assert zones_of(None, "rubbish", "Asia/Omsk") == {"Asia/Omsk"}


def test_equal_sets_are_one_object() -> None:
    # They are keys of caches; a million contacts must not bring a million sets.
    assert zones_of("МСК+2", "+79161234567", "UTC") is zones_of("UTC+5", "+79161234568", "UTC")


def test_the_region_of_the_list_settles_what_the_number_leaves_open() -> None:
    mobile, fixed, kazakh = "+79161234567", "+73432123456", "+77011234567"
    assert zones_of(None, mobile, "UTC", "Asia/Omsk") == {"Asia/Omsk"}
    assert zones_of(None, mobile, "UTC", "UTC+05:00") == {"UTC+05:00"}
    assert zones_of(None, fixed, "UTC", "Asia/Omsk") == {"Asia/Yekaterinburg"}, "a landline is where it is"
    assert zones_of("МСК+2", mobile, "UTC", "Asia/Omsk") == {"UTC+05:00"}, "the row knows best"
    assert zones_of(None, kazakh, "UTC", "Europe/Moscow") == KAZAKHSTAN, "nobody there lives by that clock"
    assert zones_of(None, kazakh, "UTC", "UTC+05:00") == {"UTC+05:00"}
    assert zones_of(None, "rubbish", "UTC", "Asia/Omsk") == {"Asia/Omsk"}


def test_contacts_of_one_zone_are_told_by_it_and_others_by_the_campaigns() -> None:
    assert certain_zone(frozenset({"Asia/Omsk"}), "Europe/Moscow") == "Asia/Omsk"
    assert certain_zone(RUSSIA, "Europe/Moscow") == "Europe/Moscow"


@pytest.mark.parametrize("code", range(0, 1000, 7))
def test_the_short_way_for_mobiles_says_what_the_tables_say(code: int) -> None:
    """Else a newer table would be passed over: then the short way must go."""
    number = f"+79{code:03}1234567"[:12]
    assert len(number_zones.time_zones_for_number(phonenumbers.parse(number))) > 1
    assert zones_of_number(number) is RUSSIA
