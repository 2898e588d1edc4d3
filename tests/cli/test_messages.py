"""The table of messages: both languages fill the same blanks, and counted words agree with their numbers."""

import string

import pytest

from oklik import help_texts, messages
from oklik.campaigns.progress import Uncalled
from oklik.display import SilentDisplay
from oklik.keeper import Keeper
from oklik.messages import say, virtual_switch
from oklik.oneshot import _not_called


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_no_key_stands_in_two_topics() -> None:
    assert len(messages._TEXTS) == sum(len(topic.TEXTS) for topic in messages._TOPICS)
    assert len(help_texts.HELP) == sum(len(topic.TEXTS) for topic in help_texts._TOPICS)


@pytest.mark.parametrize("key", sorted(messages._TEXTS))
def test_both_languages_are_filled_with_what_the_other_gets(key: str) -> None:
    russian, english = messages._TEXTS[key]
    if key != "worded":
        assert blanks(english) <= blanks(russian)
        assert blanks(russian) - blanks(english) <= {"raz"}  # the counted word, which English does without
    assert russian
    assert english


@pytest.mark.parametrize(
    ("speed", "russian", "english"),
    [
        (1.0, "время идёт как обычно", "time runs as usual"),
        (2.0, "время идёт быстрее в 2 раза", "time runs 2 times as fast"),
        (60.0, "время идёт быстрее в 60 раз", "time runs 60 times as fast"),
        (1.5, "время идёт быстрее в 1.5 раза", "time runs 1.5 times as fast"),
    ],
)
def test_how_fast_time_runs(speed: float, russian: str, english: str) -> None:
    assert virtual_switch("ru", speed).endswith(russian)
    assert virtual_switch("en", speed).endswith(english)


class Dying:
    """A child that is dead already."""

    def exit_code(self) -> int:
        return 1

    def last_words(self) -> str:
        return "why"

    def terminate(self) -> None:
        """Nothing."""


class Told(SilentDisplay):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)


@pytest.mark.parametrize(("starts", "counted"), [(1, "1 раз"), (2, "2 раза"), (4, "4 раза"), (5, "5 раз")])
def test_a_child_that_is_given_up(starts: int, counted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oklik.keeper.FIRST_PAUSE_S", 0.0)
    display = Told()
    keeper = Keeper("dialer", Dying, display, "ru", starts=starts)  # type: ignore[arg-type]
    while not keeper.gave_up:
        keeper.look()
    assert display.lines[-1] == f"dialer не удержать: запускался {counted} подряд и останавливался"


def test_one_further_reason_is_named_and_more_are_counted() -> None:
    why = [Uncalled(reason, count) for reason, count in (("a", 9), ("b", 5), ("c", 3), ("d", 2))]
    assert _not_called(why, "ru") == "Не позвонили: 19 — a (9); b (5); c (3); d (2)"
    assert _not_called([*why, Uncalled("e", 1)], "ru") == "Не позвонили: 20 — a (9); b (5); c (3); другие причины (3)"


def test_the_rest_of_the_words() -> None:
    assert say("some_never_open", "ru", n=3, contacts=10).startswith("Нельзя позвонить 3 из 10: ")
    assert say("some_unprovable", "ru", n=3, contacts=10).startswith("Не смогут подтвердить, что это они: 3 из 10")
    assert say("population", "ru", detail="x") == "файл населения (--population) не годится: x"
