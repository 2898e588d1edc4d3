"""How long speech takes is one estimate: what `check` tells of a text, `explore` finds when it is said to a person."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_making import CONTACT, TODAY, make

from oklik.scenario.speech_time import PAUSE, PER_CHARACTER, longer_than, seconds, speech_s, stretch_s
from oklik.scenario.spoken import parse_template

END = {"end": {"kind": "hangup"}}


def both(text: str, language: str = "ru") -> tuple[float, float]:
    """The estimate of the text, and that of what is heard of it."""
    nodes = {"a": {"kind": "play", "text": text, "exits": {"done": "end"}}} | END
    scenario = make(nodes, languages=[language])
    said = scenario.phrasebook.say("a", "text", language, CONTACT, TODAY)
    return seconds(scenario.phrasebook.template("a", "text", language), language), speech_s(said)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Здравствуйте! Это проверка.", "ru"),
        ("Если да, нажмите 1. Если нет — 2. Повторить — *", "ru"),
        ("  Много    пробелов.\n И  строк. ", "ru"),
        ("Hello. To go on, press 1.", "en"),
    ],
)
def test_a_fixed_text_takes_as_long_in_both(text: str, language: str) -> None:
    told, heard = both(text, language)
    assert told == pytest.approx(heard)


@pytest.mark.parametrize(
    "text", ["Ваш долг — {{ debt | money('RUB') }}. Оплатите до {{ due | date('gen') }}, спасибо."]
)
def test_values_count_as_sounds_of_their_own(text: str) -> None:
    told, heard = both(text)
    assert told == pytest.approx(heard, rel=0.25)
    assert told > stretch_s(len("Ваш долг — Оплатите до спасибо"), "ru") + 3 * PAUSE["ru"]


def test_gender_forms_belong_to_the_words_around_them() -> None:
    told, heard = both("{{ name | gender('Уважаемый', 'Уважаемая', 'Здравствуйте,') }} {{ name | name }}!")
    assert told == pytest.approx(heard, rel=0.4)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Если да, нажмите 1. ",
                "От 1 до 14. ",
                "Press # or *. ",
                "Слово ",
                "{{ debt | money('RUB') }}",
                "!",
                " 3. ",
            ]
        ),
        min_size=1,
        max_size=12,
    ),
    st.floats(0.1, 20),
)
def test_the_quick_look_misses_no_long_text(pieces: list[str], limit: float) -> None:
    template = parse_template("".join(pieces))
    takes = seconds(template, "ru")
    assert longer_than(template, "ru", limit) == (takes if takes > limit else None)


def test_another_language_is_taken_for_a_slow_one() -> None:
    assert stretch_s(10, "tt") == max(PAUSE.values()) + 10 * max(PER_CHARACTER.values())
