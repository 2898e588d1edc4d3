"""Making the prompts of a campaign: who may be called then, who may not, and why."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jobs.conftest import DUE, SCENARIO, Desk, person
from oklik.campaigns.prepare_prompts import (
    STOP_AFTER,
    PreparationStopped,
    Prepared,
    contact_values,
    prepare_prompts,
    why_stopped,
)
from oklik.dialing.sentences import sentence
from oklik.scenario.document import load_text
from oklik.scenario.prompts import all_prompts
from oklik.speech.engines.base import EngineError
from oklik.speech.prompts import PromptMissing, PromptStore
from oklik.speech.voices import Voice, VoicesError

pytestmark = pytest.mark.integration


@pytest.fixture
def prepare(desk: Desk, tmp_path: Path) -> Any:
    def go(campaign: int, **more: Any) -> Prepared:
        def open_store(voice: Mapping[str, Any]) -> PromptStore:
            assert voice == desk.voice.to_json()
            return PromptStore(tmp_path, Voice(desk.voice.config, engine=desk.spy), width=2)

        return prepare_prompts(desk.engine, campaign, open_store, **{"now": DUE, **more})

    return go


def test_everyone_with_prompts_may_be_called(desk: Desk, prepare: Any, tmp_path: Path) -> None:
    people = [person(n) for n in range(40)]
    assert prepare(desk.campaign(people)) == Prepared(ready=40, failed=0)
    assert set(desk.states()) == {"waiting"}
    store = PromptStore(tmp_path, desk.voice)
    columns = {"name": "Имя", "debt": "Долг", "due": "Срок"}
    scenario = load_text(SCENARIO, "x")
    for one in people:
        assert store.clips(all_prompts(scenario, contact_values(one, columns), DUE.date())).ms > 0
    assert len(desk.spy.texts) == len(set(desk.spy.texts)), "fixed prompts are made once"


def test_a_second_run_has_nothing_to_do(desk: Desk, prepare: Any) -> None:
    campaign = desk.campaign([person(1)])
    prepare(campaign)
    heard = len(desk.spy.texts)
    assert prepare(campaign) == Prepared(0, 0)
    assert len(desk.spy.texts) == heard


def test_the_first_few_are_ready_soon_and_in_the_order_of_their_turn(desk: Desk, prepare: Any) -> None:
    campaign = desk.campaign([person(n) for n in range(60)])
    seen: list[int] = []

    def look() -> bool:
        seen.append(desk.states().count("waiting"))
        return len(seen) == 3

    assert prepare(campaign, should_stop=look).ready == 30
    assert seen == [0, 5, 30]
    assert desk.states() == ["waiting"] * 30 + ["preparing"] * 30


def test_a_missing_or_unreadable_value_ends_the_contact_with_its_column(desk: Desk, prepare: Any) -> None:
    campaign = desk.campaign(
        [person(0), person(1, Долг=""), person(2, Долг="много"), person(3, Срок="31.02.2025"), person(4, Имя=None)]
    )
    assert prepare(campaign) == Prepared(ready=1, failed=4)
    rows = desk.targets()
    assert [(row.state, row.reason) for row in rows] == [
        ("waiting", None),
        ("done", "value_missing"),
        ("done", "value_unreadable"),
        ("done", "value_unreadable"),
        ("done", "value_missing"),
    ]
    assert rows[1].reason_args["title"] == "Долг"
    assert rows[2].reason_args["value"] == "много"
    assert rows[3].reason_args["node"] == "debt"
    for row in rows[1:]:
        for language in ("ru", "en"):
            told = sentence(row.reason, row.reason_args, language)
            assert row.reason_args["title"] in told
            assert "{" not in told
            assert "?" not in told


def test_an_amount_outside_its_limits_ends_the_contact_before_any_call(desk: Desk, prepare: Any) -> None:
    limited = SCENARIO.replace("type: money,", "type: money, min: 0.01, max: 5000,")
    people = [person(0), person(1, Долг="0"), person(2, Долг="-5"), person(3, Долг="5 000,01")]
    assert prepare(desk.campaign(people, scenario=limited)) == Prepared(ready=1, failed=3)
    rows = desk.targets()
    codes = [None, "value_too_small", "value_too_small", "value_too_large"]
    assert [row.reason for row in rows] == codes
    told = [sentence(row.reason, row.reason_args, "ru") for row in rows[1:]]
    assert told == [
        "«Долг»: «0» меньше, чем 0.01",
        "«Долг»: «-5» меньше, чем 0.01",
        "«Долг»: «5 000,01» больше, чем 5000",
    ]
    assert sentence(rows[3].reason, rows[3].reason_args, "en") == "“Долг”: “5 000,01” is more than 5000"


def test_a_text_that_the_voice_cannot_speak_ends_only_its_contact(desk: Desk, prepare: Any) -> None:
    desk.spy.broken["Имя2."] = EngineError("strange letters", down=False)
    assert prepare(desk.campaign([person(n) for n in range(5)])) == Prepared(ready=4, failed=1)
    assert desk.states() == ["waiting", "waiting", "done", "waiting", "waiting"]
    failed = desk.targets()[2]
    assert failed.reason == "prompt_failed"
    told = sentence(failed.reason, failed.reason_args, "ru")
    assert "Имя2" in told
    assert "strange letters" in told


def test_a_text_is_tried_twice(desk: Desk, prepare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.spy.broken["Имя1."] = EngineError("hiccup", down=False)
    speak = desk.spy.speak

    def once(text: str, language: str) -> Any:
        try:
            return speak(text, language)
        finally:
            desk.spy.broken.pop(text, None)

    monkeypatch.setattr(desk.spy, "speak", once)
    assert prepare(desk.campaign([person(n) for n in range(3)])) == Prepared(ready=3, failed=0)


def test_a_voice_that_comes_back_burns_nobody(desk: Desk, prepare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"Имя1.": 1, "Имя2.": 1000}  # a short outage; a text that the service breaks down over
    speak = desk.spy.speak

    def outage(text: str, language: str) -> Any:
        if broken.get(text, 0) > 0:
            broken[text] -= 1
            raise EngineError("answers 500", down=True)
        return speak(text, language)

    monkeypatch.setattr(desk.spy, "speak", outage)
    assert prepare(desk.campaign([person(n) for n in range(5)])) == Prepared(ready=4, failed=1)
    assert desk.states() == ["waiting", "waiting", "done", "waiting", "waiting"]


def test_a_voice_that_is_down_burns_nobody(desk: Desk, prepare: Any) -> None:
    campaign = desk.campaign([person(n) for n in range(100)])
    desk.spy.down = "no route to host"
    with pytest.raises(PreparationStopped, match="no route to host"):
        prepare(campaign)
    assert set(desk.states()) == {"preparing"}
    assert len(desk.spy.texts) < 30
    with desk.engine.connect() as connection:
        assert "no route to host" in (why_stopped(connection, campaign) or "")
    desk.spy.down = None
    assert prepare(campaign) == Prepared(ready=100, failed=0)
    assert {row.reason for row in desk.targets()} == {None}
    with desk.engine.connect() as connection:
        assert why_stopped(connection, campaign) is None


def test_a_voice_that_goes_down_on_the_way_keeps_what_is_done(desk: Desk, prepare: Any) -> None:
    campaign = desk.campaign([person(n) for n in range(60)])

    def look() -> bool:
        if desk.states().count("waiting") == 5:
            desk.spy.down = "out of quota"
        return False

    with pytest.raises(PreparationStopped, match="out of quota"):
        prepare(campaign, should_stop=look)
    assert desk.states() == ["waiting"] * 5 + ["preparing"] * 55


@pytest.mark.parametrize("people", [1, 3])
def test_a_short_list_is_not_burnt_either(people: int, desk: Desk, prepare: Any) -> None:
    campaign = desk.campaign([person(n) for n in range(people)])
    desk.spy.down = "away"
    with pytest.raises(PreparationStopped):
        prepare(campaign)
    assert set(desk.states()) == {"preparing"}


def test_a_fixed_prompt_that_fails_stops_the_campaign(desk: Desk, prepare: Any) -> None:
    desk.spy.broken["Здравствуйте,"] = EngineError("no such voice", down=False)
    with pytest.raises(PreparationStopped, match="no such voice"):
        prepare(desk.campaign([person(n) for n in range(STOP_AFTER + 5)]))
    assert set(desk.states()) == {"preparing"}


def test_a_full_disk_stops_the_campaign(desk: Desk, prepare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    campaign = desk.campaign([person(n) for n in range(20)])
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(PreparationStopped, match="No space left"):
        prepare(campaign)
    assert set(desk.states()) == {"preparing"}


def test_a_target_that_was_taken_away_meanwhile_is_left_alone(desk: Desk, prepare: Any) -> None:
    campaign = desk.campaign([person(n) for n in range(3)])
    speak = desk.spy.speak

    def opt_out(text: str, language: str) -> Any:
        desk.run("UPDATE target SET state = 'done', reason = 'opted_out' WHERE id = (SELECT min(id) FROM target)")
        return speak(text, language)

    desk.spy.speak = opt_out  # type: ignore[method-assign]
    prepare(campaign)
    assert desk.states() == ["done", "waiting", "waiting"]
    assert desk.targets()[0].reason == "opted_out"


def test_a_stopped_campaign_is_left_alone(desk: Desk, prepare: Any) -> None:
    campaign = desk.campaign([person(1)])
    desk.run("UPDATE campaign SET state = 'stopped'")
    assert prepare(campaign) == Prepared(0, 0)
    assert desk.spy.texts == []
    assert prepare(campaign + 1) == Prepared(0, 0)


def test_one_at_a_time(desk: Desk, prepare: Any) -> None:
    campaign = desk.campaign([person(1)])
    inner: list[Prepared] = []

    def again() -> bool:
        inner.append(prepare(campaign))
        return False

    assert prepare(campaign, should_stop=again).ready == 1
    assert inner[0] == Prepared(0, 0)


def years(desk: Desk) -> set[bool]:
    """Whether the clips of the date came with their year."""
    return {"двадцать пятого года" in text for text in desk.spy.texts if "апреля" in text}


AUTUMN, DECEMBER = (dt.datetime(2024, month, 20, 9, tzinfo=dt.UTC) for month in (11, 12))


@pytest.mark.parametrize(
    ("due", "virtual", "expected"),
    [
        (DUE, True, {False}),
        (DECEMBER, True, {True, False}),  # it may slip into the new year
        (AUTUMN, True, {True}),  # a rehearsal has its own time
        (AUTUMN, False, {False}),  # paused since autumn
    ],
)
def test_dates_are_spoken_as_on_the_day_of_the_call(
    due: dt.datetime, virtual: bool, expected: set[bool], desk: Desk, prepare: Any
) -> None:
    prepare(desk.campaign([person(1)], due=due, virtual=virtual), now=DUE)
    assert years(desk) == expected


def test_nothing_is_spoken_that_was_not_made(desk: Desk, prepare: Any, tmp_path: Path) -> None:
    prepare(desk.campaign([person(1)]))
    scenario = load_text(SCENARIO, "x")
    values = {"name": "Имя1", "debt": "9999", "due": "15.04.2025"}
    with pytest.raises(PromptMissing):
        PromptStore(tmp_path, desk.voice).clips(all_prompts(scenario, values, DUE.date()))


def test_values_come_by_the_customers_headers() -> None:
    assert contact_values({"Имя": "Иван", "Долг": 0, "x": 1}, {"name": "Имя", "debt": "Долг", "due": "Срок"}) == {
        "name": "Иван",
        "debt": "0",
        "due": "",
    }


def test_the_voice_is_closed_at_the_end_and_when_the_work_stops(desk: Desk, prepare: Any) -> None:
    campaign = desk.campaign([person(n) for n in range(STOP_AFTER)])
    desk.spy.down = "away"
    with pytest.raises(PreparationStopped):
        prepare(campaign)
    assert desk.spy.closed
    desk.spy.down, desk.spy.closed = None, False
    assert prepare(campaign).ready == STOP_AFTER
    assert desk.spy.closed


def test_an_unforeseen_error_leaves_nobody_without_a_reason(desk: Desk, prepare: Any) -> None:
    campaign = desk.campaign([person(n) for n in range(3)])
    for text in ("Здравствуйте, Имя0.", "Имя0."):
        desk.spy.broken[text] = RuntimeError("a fault of ours")
    desk.spy.broken |= {text: RuntimeError("a fault of ours") for text in ("Здравствуйте,", "Здравствуйте")}
    assert prepare(campaign) == Prepared(ready=0, failed=3)
    rows = desk.targets()
    assert {(row.state, row.reason) for row in rows} == {("done", "prompt_failed")}
    assert "RuntimeError" in rows[0].reason_args["detail"]


def test_a_voice_that_cannot_be_read_leaves_word_too(desk: Desk) -> None:
    campaign = desk.campaign([person(n) for n in range(7)])

    def refuse(voice: Mapping[str, Any]) -> PromptStore:
        raise VoicesError("the campaign's voice: spoilt")

    with pytest.raises(PreparationStopped, match="spoilt"):
        prepare_prompts(desk.engine, campaign, refuse, now=DUE)
    assert [row.reason for row in desk.targets()] == ["voice_down"] * 5 + [None] * 2
    with desk.engine.connect() as connection:
        assert "spoilt" in (why_stopped(connection, campaign) or "")
