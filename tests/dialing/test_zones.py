import pytest

from oklik.dialing.zones import KAZAKHSTAN, RUSSIA, ZoneError, parse_zone, tzinfo, zones_of, zones_of_number


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
