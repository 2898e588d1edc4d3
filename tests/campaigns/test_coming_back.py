"""What comes back to the queue when its reason is gone: late consents, numbers taken off the stop list."""

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from campaigns.people_town import SILENCE, Town
from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns import coming_back, consents, stop_list
from oklik.campaigns.coming_back import _BACK, _CONSENTED, Returned
from oklik.campaigns.consents import ConsentRefused, Given
from oklik.campaigns.done import close_finished
from oklik.dialing.law.shapes import THIRD_PERSONS
from support.patience import LONG_S

pytestmark = pytest.mark.integration

A, B, C, D, E = (f"+7916000000{n}" for n in range(1, 6))
RELATIVE = "ID должника;Телефон;Рабочий телефон;Телефон родственника"


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Town:
    return Town(engine, tmp_path)


def given(number: str, purpose: str = "advertising", **more: object) -> Given:
    how = {"source": "сайт", "text_version": "1", "given_at": NOON - HOUR, **more}
    return Given(number=number, purpose=purpose, **how)  # type: ignore[arg-type]


def add(town: Town, *wanted: Given, now: dt.datetime = NOON) -> Returned:
    with town.engine.begin() as conn:
        return consents.add(conn, wanted, recorded_by="test", now=now).returned


def state(town: Town, campaign: int) -> list[str]:
    return town.column("SELECT state FROM target WHERE campaign_id = :c ORDER BY id", c=campaign)


@pytest.fixture
def unconsented(town: Town) -> Iterator[int]:
    """A campaign of an informational purpose that ended for two of three for want of consent, as in America."""
    campaign = town.campaign(
        town.load("Телефон;Рабочий телефон", f"{A};{D}", f"{B};{E}", f"{C};"), purpose="informational"
    )
    ended = "UPDATE target SET state = 'done', reason = 'no_consent', reason_args = '{}' WHERE contact_id < 3"
    town.do(ended)
    yield campaign


@pytest.mark.parametrize("number", [A, D], ids=["own", "at work"])
def test_a_late_consent_brings_back_whom_it_covers(town: Town, unconsented: int, number: str) -> None:
    assert add(town, given(number, "advertising"), given(number, "debt")) == Returned(), "of another purpose"
    assert add(town, given(number, "informational")) == Returned(back=1)
    assert state(town, unconsented) == ["waiting", "done", "waiting"]
    assert town.reasons(unconsented) == [None, "no_consent", None]
    assert sorted(town.call()) == [A, C]
    assert add(town, given(number, "informational")) == Returned(), "it is known, and nobody waits for it"


def test_a_consent_of_one_person_brings_back_that_person(town: Town) -> None:
    campaign = town.campaign(town.load("ID должника;Телефон", f"7;{A}", f"8;{A}"), purpose="informational")
    town.do("UPDATE target SET state = 'done', reason = 'no_consent'")
    assert add(town, given(A, "informational", person_key="8")) == Returned(back=1)
    assert state(town, campaign) == ["done", "waiting"]


def test_a_key_of_two_projects_has_to_say_which(town: Town) -> None:
    for project in ("p", "other"):
        town.load("ID должника;Телефон", f"7;{A}", project=project)
    with pytest.raises(ConsentRefused, match="several projects"):
        add(town, given(A, person_key="7"))
    (key,) = town.column("SELECT key FROM person WHERE own_key = '7' AND project_id <> 1")
    add(town, given(A, person_key=key))
    assert town.column("SELECT key FROM consent JOIN person p ON p.id = person_id") == [key]


@pytest.mark.parametrize("held", [False, True])
def test_a_retry_keeps_its_time_and_its_calls(town: Town, unconsented: int, *, held: bool) -> None:
    later = NOON + 3 * HOUR
    town.do("UPDATE target SET due = :due, attempts = 1, disposition = 'busy' WHERE contact_id = 1", due=later)
    if held:
        town.do("UPDATE campaign SET state = 'paused'")
    assert add(town, given(A, "informational")) == Returned(back=1)
    assert town.column("SELECT due FROM target WHERE contact_id = 1") == [later]
    assert town.column("SELECT attempts FROM target WHERE contact_id = 1") == [1]


@pytest.mark.parametrize(("ended", "told"), [("stopped", Returned()), ("done", Returned(over=1))])
def test_what_is_over_stays_over(town: Town, unconsented: int, ended: str, told: Returned) -> None:
    town.do("UPDATE campaign SET state = :s", s=ended)
    assert add(town, given(A, "informational")) == told
    assert state(town, unconsented)[0] == "done"


def test_whoever_was_taken_out_does_not_come_back(town: Town, unconsented: int) -> None:
    town.do("UPDATE target SET removed = 'removed_paid' WHERE contact_id = 1")
    assert add(town, given(A, "informational")) == Returned()


def test_a_consent_that_was_taken_back_brings_nobody_back(town: Town, unconsented: int) -> None:
    add(town, given(C, "informational"))
    add(town, given(B, "informational"))
    town.do("UPDATE target SET state = 'done', reason = 'no_consent' WHERE contact_id = 2")
    with town.engine.begin() as conn:
        consents.revoke(conn, B, source="письмо", recorded_by="test", now=NOON)
    assert add(town, given(B, "informational")) == Returned()


def test_a_consent_of_a_moment_to_come_counts_from_then_on(town: Town, unconsented: int) -> None:
    """Clocks differ by a little; the gate would deny it once more, and for good, before."""
    assert add(town, given(A, "informational", given_at=NOON + MINUTE)) == Returned(back=1)
    assert town.column("SELECT due FROM target WHERE contact_id = 1") == [NOON + MINUTE]


# -- phones of others --


def test_the_purpose_of_phones_of_others_is_known(town: Town) -> None:
    from oklik.campaigns.number_files import purpose_code

    assert purpose_code("звонки родственникам и третьим лицам") == THIRD_PERSONS
    with pytest.raises(ConsentRefused, match=THIRD_PERSONS):
        add(town, given(A, "third_person"))


@pytest.mark.parametrize(
    ("consent", "called"),
    [
        ({"number": D}, [D]),  # the relative's phone itself
        ({"number": A, "person_key": "7"}, [D]),  # a number of the debtor's own: all phones of others
        ({"number": D, "person_key": "7"}, [D]),
        ({"number": D, "person_key": "8"}, []),
        ({"number": C}, []),
    ],
)
def test_a_consent_to_phones_of_others_opens_them(town: Town, consent: dict[str, str], called: list[str]) -> None:
    campaign = town.called(RELATIVE, f"7;;;{D}", f"8;{C};;", f"9;;;{E}", base_zone="Europe/Moscow")
    town.do("INSERT INTO person_phone (person_id, number) SELECT id, :a FROM person WHERE own_key = '7'", a=A)
    assert town.call() == [C]
    assert town.reasons(campaign) == ["phone_role", "reached", "phone_role"]
    town.do("UPDATE contact SET phones = :p, roles = '{relative,own}' WHERE row_number = 2", p=[D, A])
    assert add(town, given(purpose=THIRD_PERSONS, **consent)) == Returned(back=len(called))
    assert town.call() == called


def test_the_retry_knows_of_it_too(town: Town) -> None:
    town.called(RELATIVE, f"7;{A};;{D}", base_zone="Europe/Moscow")
    assert town.call(**SILENCE) == [A]
    assert town.column("SELECT phone_index FROM target") == [0]
    town.do("UPDATE target SET due = :now", now=NOON + 4 * HOUR)
    add(town, given(D, THIRD_PERSONS))
    assert town.call(NOON + 4 * HOUR, **SILENCE) == [A]
    assert town.column("SELECT phone_index FROM target") == [1]
    assert town.call(NOON + 9 * HOUR, **SILENCE) == [D]


# -- the stop list --


def put(town: Town, number: str) -> None:
    with town.engine.begin() as conn:
        stop_list.put(conn, [number], source="import", recorded_by="test", now=NOON)


def take_off(town: Town, number: str) -> Returned:
    with town.engine.begin() as conn:
        how = {"source": "command", "reason": "ошибка", "recorded_by": "test", "now": NOON}
        return stop_list.take_off(conn, number, **how).returned  # type: ignore[arg-type]


def test_a_number_taken_off_the_stop_list_is_called_where_that_was_the_reason(town: Town) -> None:
    campaign = town.called("ID должника;Телефон", f"7;{A}, {B}", f"8;{C}")
    town.do("UPDATE target SET prepared = 'g 2025'")
    put(town, A)
    put(town, B)
    assert town.reasons(campaign) == ["stop_list", None]
    assert take_off(town, A) == Returned(), "another number of the person is listed"
    assert take_off(town, B) == Returned(back=1)
    assert sorted(town.call()) == [A, C]


def test_whose_speech_was_never_made_is_prepared_first(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(coming_back, "defer", lambda *_, campaign_id, **__: asked.append(campaign_id))
    campaign = town.called("Телефон", A)
    town.do("UPDATE target SET state = 'preparing'")
    put(town, A)
    assert take_off(town, A) == Returned(back=1)
    assert state(town, campaign) == ["preparing"]
    assert asked == [campaign]


def test_a_result_is_a_result(town: Town) -> None:
    campaign = town.called("Телефон", A)
    town.call(answered=True, talk_s=9.0, opted_out=True)
    put(town, A)
    assert take_off(town, A) == Returned()
    assert state(town, campaign) == ["done"]


# -- together with the rest --


def test_a_campaign_is_not_closed_over_what_comes_back(town: Town, unconsented: int) -> None:
    """The dialer sees that all is done, and waits for the consent that is being written; then it looks again."""
    town.do("UPDATE target SET state = 'done', reason = 'no_consent'")
    closed: list[list[int]] = []

    def close() -> None:
        with town.engine.begin() as conn:
            closed.append(close_finished(conn, NOON))

    with town.engine.begin() as conn:
        assert consents.add(conn, [given(A, "informational")], recorded_by="t", now=NOON).returned == Returned(back=1)
        closer = threading.Thread(target=close)
        closer.start()
        closer.join(0.3)
        assert closer.is_alive(), "the campaign is held"
    closer.join(LONG_S)
    assert closed == [[]]
    assert town.call() == [A]
    with town.engine.begin() as conn:
        assert close_finished(conn, NOON + DAY) == [unconsented]


def test_whom_a_consent_covers_is_found_by_indexes(town: Town) -> None:
    with town.engine.begin() as conn:
        world = World(conn)
        world.people(20_000)
        conn.execute(
            text(
                "UPDATE contact SET roles = '{own,relative}', phones = array_append(phones, '+7999') WHERE id % 50 = 0"
            )
        )
        world.campaign(purpose="informational")
        conn.execute(text("UPDATE target SET state = 'done', reason = 'no_consent'"))
        for table in ("person", "contact", "target", "person_phone"):
            conn.execute(text(f"ANALYZE {table}"))
        rows = '[{"number": "+79160000050", "purpose": "informational", "given_at": "2025-03-04T09:00:00Z"}]'
        # Whether the consent is kept is asked of another small table.
        statement = _CONSENTED.replace("EXISTS (SELECT FROM consent", "NOT EXISTS (SELECT FROM consent") + _BACK
        plan = conn.execute(text("EXPLAIN ANALYZE " + statement), {"rows": rows, "others": THIRD_PERSONS}).scalars()
        told = "\n".join(plan)
    assert "Seq Scan on contact" not in told, told
    assert "Seq Scan on target" not in told, told
    assert "Seq Scan on person p" not in told, told
