import pytest

from oklik.dialing.campaign_hours import plain
from oklik.dialing.hours import Hours
from oklik.dialing.sentences import outside_hours, raz, sentence


@pytest.mark.parametrize(
    ("rule", "args", "ru", "en"),
    [
        ("no_more_of", {"most": 1}, "не больше 1 раза", "at most 1 further call after"),
        ("no_more_of", {"most": 2}, "не больше 2 раз", "at most 2 further calls after"),
        ("no_more_of", {"most": 21}, "не больше 21 раза", "at most 21 further calls after"),
        ("line_faults", {"faults": 1}, "отказала 1 раз,", "failed 1 time;"),
        ("line_faults", {"faults": 4}, "отказала 4 раза,", "failed 4 times;"),
        ("line_faults", {"faults": 12}, "отказала 12 раз,", "failed 12 times;"),
    ],
)
def test_words_agree_with_their_numbers(rule: str, args: dict[str, int], ru: str, en: str) -> None:
    assert ru in sentence(rule, args, "ru")
    assert en in sentence(rule, args, "en")


@pytest.mark.parametrize(
    ("number", "word"), [(1, "раз"), (2, "раза"), (5, "раз"), (11, "раз"), (13, "раз"), (22, "раза"), (1.5, "раза")]
)
def test_times_in_russian(number: float, word: str) -> None:
    assert raz(number) == word


def test_hours_that_never_meet_name_both() -> None:
    late = plain(("22:00", "23:00"))
    assert isinstance(late, Hours)
    told = outside_hours("debt", late, "ru")
    assert told == (
        "часы 22:00–23:00 не для звонков с целью «взыскание долга»: разрешено 08:00–22:00 по рабочим дням, "
        "09:00–20:00 по выходным и праздникам"
    )
    assert "22:00–23:00" in outside_hours("debt", late, "en")
