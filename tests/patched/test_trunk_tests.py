"""Test calls of trunks through a dialer on the virtual switch: keys are told with the way they came."""

import datetime as dt
import signal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from oklik.campaigns import trunk_tests, trunks
from oklik.campaigns.tester_phones import NamedPhone, add_phone
from oklik.campaigns.trunk_tests import Press, Seen
from oklik.campaigns.trunks import Change
from oklik.dialing.gateways import Dtmf
from oklik.jobs.trunk_test_speech import speak_trunk_test
from oklik.speech.dictionary import Dictionary
from oklik.speech.prompts import PromptStore
from oklik.speech.voices import Voice, default_voices, voice_from_json
from support.stage import Stage, Tone, one, staged, until

PEOPLE = {
    "personas": {"calm": {"share": 1}},
    "numbers": {
        "+79039990071": {
            "outcome": "answer",
            "ring_s": 0.3,
            "presses": [{"at_s": 4, "key": "5"}, {"at_s": 12, "key": "#"}],
        },
        "+79039990072": {
            "outcome": "answer",
            "ring_s": 0.3,
            "keys_by": "info",
            "presses": [{"at_s": 4, "key": "5"}, {"at_s": 12, "key": "*"}, {"at_s": 20, "key": "#"}],
        },
        "+79039990074": {
            "outcome": "answer",
            "ring_s": 0.3,
            "keys_by": "both",
            "presses": [{"at_s": 4, "key": "5"}, {"at_s": 12, "key": "#"}],
        },
        "+79039990008": {"outcome": "answer", "ring_s": 0.3, "presses": [{"at_s": 900, "key": "1"}]},
        "+79039990005": {"outcome": "answer", "ring_s": 0.3, "leaves_s": 3},
        "+79039990000": {"outcome": "busy", "ring_s": 0.3},
    },
}


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def order(engine: Engine, root: Path, number: str, trunk: str) -> int:
    voice = Voice(default_voices()[0])
    with engine.begin() as conn:
        change = Change(dial_string="sofia/gateway/pstn/{number}", channels=1, cps=10.0)
        trunks.add_trunk(conn, trunk, change, now())
        add_phone(conn, NamedPhone(number, "Анна", "admin", now(), "admin", now()))
        found = trunk_tests.order(conn, trunk, number, "ru", voice.to_json(), "user:1", now())
    speak_trunk_test(
        engine,
        found,
        lambda held: PromptStore(root, Voice(voice_from_json(held).config, engine=Tone(0.5)), Dictionary({})),
    )
    return found


def seen(engine: Engine, number: int) -> Seen:
    with engine.connect() as conn:
        found = trunk_tests.look(conn, number, now())
    assert found is not None
    return found


def said(stage: Stage, uuid: str) -> list[str]:
    """The keys that the far end pressed."""
    return [line["key"] for line in stage.ledger("key") if line["uuid"] == uuid]


def test_keys_are_told_with_the_way_they_came(tmp_path: Path, database_url: str, engine: Engine) -> None:
    asked = {
        role: order(engine, tmp_path / "prompts", f"+790399900{role}", role)
        for role in ("71", "72", "74", "08", "05", "00")
    }
    with staged(tmp_path, database_url, population=PEOPLE, speed=10) as stage:
        dialer = stage.dialer(until_done=False)
        until(lambda: all(seen(engine, number).over for number in asked.values()))
        found = {role: seen(engine, number) for role, number in asked.items()}
        dialer.signal(signal.SIGTERM)
        assert dialer.wait() == 0

    def pressed(role: str) -> list[tuple[str, tuple[str, ...]]]:
        return [(press.key, press.ways) for press in found[role].keys]

    assert pressed("71") == [("5", ("rfc2833",)), ("#", ("rfc2833",))]
    assert pressed("72") == [("5", ("info",)), ("*", ("info",)), ("#", ("info",))]
    assert [(key, sorted(ways)) for key, ways in pressed("74")] == [
        ("5", ["inband", "rfc2833"]),
        ("#", ["inband", "rfc2833"]),
    ], "one press each, though each came twice"
    assert [found[role].works for role in ("71", "72", "74")] == [Dtmf.RFC2833, Dtmf.INFO, Dtmf.RFC2833]
    assert {role: (one.state, one.cause, one.hangup_by) for role, one in found.items()} == {
        "71": ("done", "NORMAL_CLEARING", "us"),
        "72": ("done", "NORMAL_CLEARING", "us"),
        "74": ("done", "NORMAL_CLEARING", "us"),
        "08": ("done", "NORMAL_CLEARING", "us"),
        "05": ("done", "NORMAL_CLEARING", "person"),
        "00": ("done", "USER_BUSY", "person"),
    }
    assert {one.virtual for one in found.values()} == {True}
    assert one(engine, "SELECT count(*) FROM call WHERE state <> 'final'") == 0
    assert one(engine, "SELECT count(*) FROM attempt") == 0, "a test counts nowhere"
    assert isinstance(found["71"].keys[0], Press)


def test_who_leaves_ends_the_call_and_says_so(tmp_path: Path, database_url: str, engine: Engine) -> None:
    asked = order(engine, tmp_path / "prompts", "+79039990008", "08")
    with staged(tmp_path, database_url, population=PEOPLE, speed=1) as stage:
        dialer = stage.dialer(until_done=False, grace_s=0.2)
        until(lambda: seen(engine, asked).state == "answered")
        dialer.signal(signal.SIGTERM)
        assert dialer.wait() == 0
        assert [line["cause"] for line in stage.ledger("ended")] == ["NORMAL_CLEARING"]
    assert (seen(engine, asked).state, seen(engine, asked).hangup_by) == ("done", "us")


@pytest.mark.parametrize("trunk", ["71"])
def test_without_its_speech_nobody_is_rung(tmp_path: Path, database_url: str, engine: Engine, trunk: str) -> None:
    asked = order(engine, tmp_path / "elsewhere", "+79039990071", trunk)
    with staged(tmp_path, database_url, population=PEOPLE, speed=10) as stage:
        dialer = stage.dialer(until_done=False)
        until(lambda: seen(engine, asked).over)
        dialer.signal(signal.SIGTERM)
        assert dialer.wait() == 0
        assert stage.ledger("dial") == []
    assert (seen(engine, asked).state, seen(engine, asked).fault) == ("failed", "no_speech")
