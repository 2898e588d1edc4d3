"""Drafts, pilots, standing campaigns: nobody is called before the start, a pilot ends by itself, a list runs once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from campaigns.world import HOUR, NOON, World
from oklik.campaigns import campaign_drafts, commands, pilots, standing, stop_list
from oklik.campaigns.campaign_drafts import NotADraft, Wanted, draft, settings_of, start
from oklik.campaigns.done import close_finished, preparing
from oklik.campaigns.launch import LaunchRefused
from oklik.campaigns.presets import PresetRefused, add_preset, all_presets, save_preset, versions_of
from oklik.campaigns.pronunciation import Reading, put
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.campaigns.run_settings import RunSettings, SettingsRefused, purpose_of, read_settings
from oklik.campaigns.standing import add_standing, get_standing
from oklik.dialing.law.shapes import Purpose
from oklik.jobs.app import apply_schema
from oklik.jobs.incoming import folder_of, take_lists
from oklik.jobs.tasks import defer_open_work
from oklik.reports.why import why
from oklik.speech.voices import Voice, default_voices
from oklik.store.engine import make_engine
from oklik.worker.book import StoreBook
from oklik.worker.settings import DialerSettings
from support.patience import until
from support.stage import prepare
from support.survey import survey

pytestmark = pytest.mark.integration
VOICE = Voice(default_voices()[0]).to_json()


@pytest.fixture
def world(engine: Engine, database_url: str) -> Any:
    apply_schema(database_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        made = World(conn)
        made.base()
        with engine.begin() as other:
            made.version = publish_scenario(other, 1, survey(), NOON).id  # type: ignore[attr-defined]
        yield made


def wanted(world: Any, **more: Any) -> Wanted:
    how: dict[str, Any] = {
        "project_id": 1,
        "name": "march",
        "scenario_version_id": world.version,
        "list_ids": [1],
        "preset_id": None,
        "overrides": {"trunks": ["t"]},
        "voice": VOICE,
        "zone": "Europe/Moscow",
        "virtual": False,
    }
    return Wanted(**how | more)


def drafted(engine: Engine, world: Any, **more: Any) -> int:
    world.people(more.pop("people", 5))
    with engine.begin() as conn:
        conn.execute(text("INSERT INTO agent_group (project_id, name) VALUES (1, 'sales') ON CONFLICT DO NOTHING"))
        return draft(conn, wanted(world, **more), NOON).campaign_id


def ready(world: World) -> None:
    """Speech is made of whoever may be called, as the job does."""
    world.conn.execute(
        text(
            """UPDATE target SET state = 'waiting', prepared = 'x 2025'
               WHERE state = 'preparing' AND reason IS DISTINCT FROM 'pilot'"""
        )
    )


def test_a_draft_calls_nobody_until_it_is_started(engine: Engine, world: Any) -> None:
    campaign = drafted(engine, world)
    ready(world)
    assert world.claim(world.holder()) == []
    with engine.begin() as conn:
        start(conn, campaign, NOON)
    assert len(world.claim(world.holder())) == 5
    with engine.begin() as conn, pytest.raises(NotADraft):
        start(conn, campaign, NOON)


def test_a_pilot_calls_the_first_and_pauses_by_itself(engine: Engine, world: Any) -> None:
    campaign = drafted(engine, world, people=6)
    ready(world)
    with engine.begin() as conn:
        pilots.begin_pilot(conn, campaign, 2, NOON)
    holder = world.holder()
    called = world.claim(holder)
    assert sorted(one.number for one in called) == ["+79160000001", "+79160000002"]
    assert pilots.finished(world.conn, virtual=False) == []
    for one in called:
        world.finish(holder, one, NOON, cause="USER_BUSY", sip_status=486)
    assert pilots.finished(world.conn, virtual=False) == [campaign]
    told = pilots.pilot_of(world.conn, campaign)
    assert (told.size, told.called, told.left) == (2, 2, 4)  # type: ignore[union-attr]
    with engine.begin() as conn:
        assert pilots.go_on(conn, campaign) == 4
    assert len(world.claim(holder)) == 4
    with engine.begin() as conn, pytest.raises(pilots.NoPilot):
        pilots.go_on(conn, campaign)


def test_whoever_comes_back_during_a_pilot_waits_for_its_end(engine: Engine, world: Any) -> None:
    campaign = drafted(engine, world, people=4)
    numbers = [row.number for row in world.all("SELECT phones[1] AS number FROM contact ORDER BY row_number")]
    told: dict[str, Any] = {"source": "web", "recorded_by": "anna", "now": NOON}
    with engine.begin() as conn:
        pilots.begin_pilot(conn, campaign, 2, NOON)
        stop_list.put(conn, [numbers[3]], **told)
        stop_list.take_off(conn, numbers[3], reason="a mistake", **told)
    ready(world)
    states = world.all("SELECT state, reason FROM target ORDER BY id")
    assert [(one.state, one.reason) for one in states] == [("waiting", None)] * 2 + [("preparing", "pilot")] * 2
    with engine.begin() as conn:
        assert pilots.go_on(conn, campaign) == 2


def test_a_dialer_that_looks_for_orders_ends_a_pilot(engine: Engine, world: Any, database_url: str) -> None:
    campaign = drafted(engine, world, people=3)
    ready(world)
    holder = world.holder()
    settings = DialerSettings(database_url=database_url, switch_host="", switch_port=0, prompts="/nowhere")
    with engine.begin() as conn:
        pilots.begin_pilot(conn, campaign, 1, NOON)
    with closing(StoreBook(engine, settings, virtual=False, holder=holder)) as book:
        book.orders()
        assert world.one("SELECT state FROM campaign") == "running"
        (claimed,) = world.claim(holder)
        world.finish(holder, claimed, NOON, cause="NORMAL_CLEARING", answered=True, ended_reason="completed")
        until(lambda: book.orders() == [] and world.one("SELECT state FROM campaign") == "paused", "the pilot is over")
    assert world.one("SELECT held FROM campaign") == pilots.OVER
    told = why(world.conn, campaign, NOON, NOON)
    assert "the pilot is over" in told.headline("en")
    assert {one.code: one.count for one in told.entries}["pilot"] == 2


def test_speech_is_made_of_those_who_are_called_first(engine: Engine, world: Any, tmp_path: Path) -> None:
    campaign = drafted(engine, world, people=4)
    with engine.begin() as conn:
        pilots.begin_pilot(conn, campaign, 1, NOON)
    prepare(engine, campaign, tmp_path / "prompts", now=NOON)
    counted = "SELECT state, count(*) FROM target GROUP BY 1 ORDER BY 1"
    assert world.all(counted) == [("preparing", 3), ("waiting", 1)]
    assert defer_open_work(engine) == 0, "nobody is asked to make the others' speech"
    assert not preparing(world.conn, virtual=False), "a rehearsal's clock does not wait for it"
    with engine.begin() as conn:
        pilots.go_on(conn, campaign)
    prepare(engine, campaign, tmp_path / "prompts", now=NOON)
    assert world.all(counted) == [("waiting", 4)]


def test_a_stop_ends_those_who_wait_for_the_end_of_a_pilot(engine: Engine, world: Any) -> None:
    campaign = drafted(engine, world, people=3)
    ready(world)
    with engine.begin() as conn:
        pilots.begin_pilot(conn, campaign, 1, NOON)
        number = commands.request(conn, campaign, commands.CommandKind.STOP, NOON)
        commands.carry_out(conn, commands.Command(number, campaign, commands.CommandKind.STOP, NOON + HOUR), NOON)
    assert world.all("SELECT state, count(*) FROM target GROUP BY 1") == [("done", 3)]


def test_a_campaign_whose_every_call_fails_for_good_ends_by_itself(engine: Engine, world: Any) -> None:
    campaign = drafted(engine, world, people=2)
    ready(world)
    with engine.begin() as conn:
        start(conn, campaign, NOON)
    holder, now = world.holder(), NOON
    for _ in range(20):
        for one in world.claim(holder, now):
            world.finish(holder, one, now, cause="UNALLOCATED_NUMBER", sip_status=404)
        with engine.begin() as conn:
            if close_finished(conn, now) == [campaign]:
                break
        now += HOUR
    assert world.one("SELECT state FROM campaign") == "done"


def test_a_pilot_of_people_who_may_not_be_called_is_over_too(engine: Engine, world: Any) -> None:
    campaign = drafted(engine, world, people=3)
    ready(world)
    world.conn.execute(
        text("INSERT INTO suppression (number, source, added_at) VALUES ('+79160000001', 'x', :now)"), {"now": NOON}
    )
    with engine.begin() as conn:
        pilots.begin_pilot(conn, campaign, 1, NOON)
    assert world.claim(world.holder()) == []
    assert pilots.finished(world.conn, virtual=False) == [campaign]


def test_settings_come_from_the_preset_and_what_is_otherwise(engine: Engine, world: Any) -> None:
    with engine.begin() as conn:
        first = read_settings({"trunks": ["t"], "hours": {"from": "10:00", "to": "18:00", "weekdays": [1, 2]}})
        preset = add_preset(conn, "usual", first, "anna", NOON)
    campaign = drafted(engine, world, preset_id=preset, overrides={"retry": {"max_attempts": 2}})
    with engine.begin() as conn:
        found = settings_of(conn, campaign)
        assert (found.retry.max_attempts, found.hours.weekdays) == (2, (1, 2))  # type: ignore[union-attr]
        saved = save_preset(conn, preset, "usual", RunSettings(trunks=("t",)), "boris", NOON + HOUR)
        assert (saved.number, saved.used_by) == (2, 1)
        assert save_preset(conn, preset, "usual too", RunSettings(trunks=("t",)), "boris", NOON).number == 2
        assert [one.number for one in versions_of(conn, preset)] == [2, 1]
        assert settings_of(conn, campaign).hours == first.hours
        assert [one.name for one in all_presets(conn)] == ["usual too"]
        with pytest.raises(PresetRefused, match="no trunk 'gone'"):
            add_preset(conn, "other", RunSettings(trunks=("gone",)), "anna", NOON)
    assert world.one('SELECT "window" FROM campaign')["weekdays"] == [1, 2]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"overrides": {"trunks": ["none"]}}, "no trunk 'none'"),
        ({"overrides": {"trunks": ["t"], "purpose": "debt"}}, "the settings are for debt"),
        ({"list_ids": [1, 99]}, "no list 99"),
        ({"list_ids": []}, "no list is named"),
        ({"overrides": {}, "virtual": False}, "no trunk yet"),
    ],
)
def test_what_is_no_campaign_is_refused_whole(engine: Engine, world: Any, more: dict[str, Any], says: str) -> None:
    with pytest.raises(LaunchRefused, match=says):
        drafted(engine, world, **more)
    assert world.one("SELECT count(*) FROM campaign") == 0


def test_an_empty_list_and_odd_settings_are_refused(engine: Engine, world: Any) -> None:
    with pytest.raises(LaunchRefused, match="nobody to call"):
        drafted(engine, world, people=0)
    with pytest.raises(SettingsRefused, match=r"retry\.max_attempts"):
        drafted(engine, world, overrides={"retry": {"max_attempts": 0}})


def test_several_lists_are_one_with_everybody_once(engine: Engine, world: Any) -> None:
    world.people(3)
    with engine.begin() as conn:
        conn.execute(
            text(
                """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
                   VALUES (1, 'second', 's.csv', 'd2', '["Имя", "Город"]', :now)"""
            ),
            {"now": NOON},
        )
        conn.execute(
            text(
                """INSERT INTO contact (list_id, person_id, row_number, phones, fields)
                   SELECT 2, person_id, row_number + 1, phones, '{"Имя": "Пётр", "Город": "Омск"}' FROM contact
                   WHERE row_number = 3"""
            )
        )
    campaign = drafted(engine, world, people=0, list_ids=[1, 2], name="both")
    row = world.all(
        """SELECT l.columns, (SELECT count(*) FROM target WHERE campaign_id = c.id) AS targets,
               (SELECT array_agg(code || ' ' || row_number) FROM rejected_row r WHERE r.list_id = l.id) AS refused
           FROM campaign c JOIN contact_list l ON l.id = c.list_id WHERE c.id = :id""",
        id=campaign,
    )[0]
    assert (row.columns, row.targets, row.refused) == (["Имя", "Город"], 3, ["duplicate 7"])


def test_a_copy_of_a_campaign_of_a_command_has_its_settings(world: World) -> None:
    world.people(1)
    campaign = world.campaign(window=("10:00", "20:00"))
    found = campaign_drafts.settings_of(world.conn, campaign)
    assert (found.trunks, found.hours.start, found.zone) == (("t",), "10:00", "Europe/Moscow")  # type: ignore[union-attr]
    assert campaign_drafts.free_name(world.conn, 1, "c0") == "c0 · 2"


def test_questions_tell_the_purpose_with_the_strictest_law() -> None:
    assert purpose_of() is Purpose.INFORMATIONAL
    assert purpose_of(asks=True, sells=True) is Purpose.ADVERTISING
    assert purpose_of(debt=True, sells=True) is Purpose.DEBT
    assert purpose_of(booked=True) is Purpose.APPOINTMENT


def test_a_watched_folder_makes_a_campaign_of_each_list_once(
    engine: Engine, world: Any, tmp_path: Path, database_url: str
) -> None:
    with engine.begin() as conn:
        conn.execute(text("INSERT INTO agent_group (project_id, name) VALUES (1, 'sales')"))
        made = add_standing(conn, 1, "debts", 2, None, {"trunks": ["t"]}, VOICE, "anna", NOON)
    folder = folder_of(tmp_path, made)
    folder.mkdir()
    good = "Имя;Телефон\nИван;+79161234567\nАнна;+79161234568\n"
    (folder / "monday.csv").write_text(good, "utf-8")
    (folder / "copy of monday.csv").write_text(good, "utf-8")
    (folder / "bad.csv").write_text("nothing here\n", "utf-8")
    (folder / ".hidden.csv").write_text(good + "x", "utf-8")
    (folder / "link.csv").symlink_to(folder / "monday.csv")

    def take() -> list[Any]:
        return take_lists(engine, tmp_path, zone="Europe/Moscow", wall=NOON, settled_s=0.0)

    came = take()
    assert sorted((one.state, one.before) for one in came) == [("refused", False), ("taken", False), ("taken", True)]
    assert take() == []
    assert {path.name for path in (folder / "done").iterdir()} == {"monday.csv", "copy of monday.csv"}
    assert {path.name for path in (folder / "bad").iterdir()} == {"bad.csv", "bad.csv.txt"}
    assert (folder / "bad" / "bad.csv.txt").read_text("utf-8").count("\n") == 2
    campaigns = world.all("SELECT name, state, virtual FROM campaign")
    assert [(one.state, one.virtual) for one in campaigns] == [("running", True)]
    assert campaigns[0].name.startswith("debts · 2025-03-04 · ")
    with engine.begin() as conn:
        found = get_standing(conn, made)
        assert (found.taken, found.refused) == (1, 1)
        standing.switch(conn, made, active=False)
    (folder / "tuesday.csv").write_text(good + "Олег;+79161234569\n", "utf-8")
    assert take() == []


def test_a_file_that_cannot_be_taken_holds_up_no_other(
    engine: Engine, world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = "Имя;Телефон\nИван;+79161234567\nАнна;+7916123456{}\n"
    with engine.begin() as conn:
        conn.execute(text("INSERT INTO agent_group (project_id, name) VALUES (1, 'sales')"))
        for name in ("a", "b"):
            made = add_standing(conn, 1, name, 2, None, {"trunks": ["t"]}, VOICE, "anna", NOON)
            folder_of(tmp_path, made).mkdir()
            (folder_of(tmp_path, made) / "list.csv").write_text(good.format(made), "utf-8")
    made_by = standing.draft

    def broken(conn: Any, wanted_: Wanted, now: Any) -> Any:
        if wanted_.name.startswith("a "):
            raise OSError("no space left on device")
        return made_by(conn, wanted_, now)

    monkeypatch.setattr(standing, "draft", broken)
    for times in (1, 0):
        came = take_lists(engine, tmp_path, zone="Europe/Moscow", wall=NOON, settled_s=0.0)
        assert [one.state for one in came] == ["taken"] * times
    assert (folder_of(tmp_path, 1) / "list.csv").exists()
    lists = world.all("SELECT name FROM contact_list WHERE deleted_at IS NULL AND name <> 'l'")
    assert [one.name for one in lists] == ["b · list.csv"]


def test_a_standing_campaign_is_of_the_offices_day_and_of_todays_words(engine: Engine, world: Any) -> None:
    with engine.begin() as conn:
        conn.execute(text("INSERT INTO agent_group (project_id, name) VALUES (1, 'sales')"))
        made = add_standing(conn, 1, "debts", 2, None, {"trunks": ["t"]}, VOICE, "anna", NOON)
        put(conn, Reading("ru", "оклик", "о́клик", "anna", NOON))
        found = get_standing(conn, made)
    world.people(1)
    with engine.begin() as conn:
        evening = NOON.replace(hour=22)
        standing.take_list(conn, found, 1, evening, virtual=False, zone="Asia/Vladivostok")
    campaign = world.all("SELECT name, voice FROM campaign")[0]
    assert campaign.name.startswith("debts · 2025-03-05 · ")
    assert campaign.voice["dictionary"]["ru"]["оклик"] == "о́клик"


def test_a_file_that_still_grows_is_left_alone(engine: Engine, world: Any, tmp_path: Path) -> None:
    with engine.begin() as conn:
        made = add_standing(conn, 1, "debts", 2, None, {"trunks": ["t"]}, VOICE, "anna", NOON)
    folder = folder_of(tmp_path, made)
    folder.mkdir()
    (folder / "half.csv").write_text("Имя;Телефон\n", "utf-8")
    assert take_lists(engine, tmp_path, zone="Europe/Moscow", wall=NOON, settled_s=3600.0) == []
    assert (folder / "half.csv").exists()


def test_two_who_bring_the_same_list_make_one_campaign(database_url: str, engine: Engine, world: Any) -> None:
    with engine.begin() as conn:
        conn.execute(text("INSERT INTO agent_group (project_id, name) VALUES (1, 'sales')"))
        made = add_standing(conn, 1, "debts", 2, None, {"trunks": ["t"]}, VOICE, "anna", NOON)
        found = get_standing(conn, made)
    world.people(2)
    several = make_engine(database_url, pool_size=4)

    def take(_: int) -> Any:
        with several.begin() as conn:
            return standing.take_list(conn, found, 1, NOON, virtual=False, zone="Europe/Moscow")

    with ThreadPoolExecutor(2) as pool:
        came = list(pool.map(take, range(2)))
    several.dispose()
    assert sorted(one.before for one in came) == [False, True]
    assert {one.campaign_id for one in came} == {1}
