"""A campaign before it calls: made as a draft of scenario version, lists and settings; started; copied.

Everything that can be known to be wrong is refused when the draft is made (launch.py), and what may have changed since
is looked at again at the start.  A draft's speech is made at once, so that it can be tried on a phone of ours.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns import trunk_use, trunks
from oklik.campaigns.handovers import groups_of
from oklik.campaigns.joined_lists import Chosen, joined
from oklik.campaigns.launch import Launch, LaunchRefused, TrunkSpec, check_verified, launch
from oklik.campaigns.presets import get_preset
from oklik.campaigns.projects import ProjectRefused, check_open
from oklik.campaigns.rows import run
from oklik.campaigns.run_settings import RunSettings, read_settings
from oklik.campaigns.versions import stored_version
from oklik.dialing.law.shapes import TITLES, Purpose
from oklik.store.deferring import PREPARE_PROMPTS, defer

VIRTUAL_AGENTS = tuple(f"user/{1000 + n}" for n in range(1, 11))  # ten: an agent talks to one person at a time
_VIRTUAL_TRUNK = TrunkSpec(name="virtual", dial_string="sofia/gateway/virtual/{number}", channels=20, cps=10.0)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign to be.  list_ids: one or several, whose people are called once each; preset_id: None for none.

    overrides: settings by their names, instead of the preset's.  voice: decided for the scenario (speech.voices).
    zone: of the office.  virtual: calls go to the virtual switch.  record_days: as of Launch.  chosen: which people of
    the lists; None: all of them.
    """

    project_id: int
    name: str
    scenario_version_id: int
    list_ids: Sequence[int]
    preset_id: int | None
    overrides: Mapping[str, Any]
    voice: Mapping[str, Any]
    zone: str
    virtual: bool
    record_days: Mapping[str, int] = {}
    chosen: Chosen | None = None


class Made(msgspec.Struct, frozen=True):
    """A draft.  contacts: in it; never_open: how many of them have no legal hour, whatever the day."""

    campaign_id: int
    contacts: int
    never_open: int


class NotADraft(Exception):
    """Only a draft can be started.  state: the campaign's."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(f"the campaign is {state}")


def draft(conn: Connection, wanted: Wanted, now: dt.datetime) -> Made:
    """Make a draft.  Nothing is to be committed after an error.

    Raises LaunchRefused, NoSuchPreset, SettingsRefused, VersionUnreadable.
    """
    preset = None if wanted.preset_id is None else get_preset(conn, wanted.preset_id)
    settings = read_settings({} if preset is None else preset.settings, wanted.overrides)
    if not wanted.list_ids:
        raise LaunchRefused("не сказано, по какому списку звонить", "no list is named")
    try:
        check_open(conn, wanted.project_id)
    except ProjectRefused as error:
        raise LaunchRefused(error.text["ru"], error.text["en"]) from None
    _check_purpose(conn, wanted.scenario_version_id, settings)
    trunk, names = _trunk(conn, settings, virtual=wanted.virtual)
    list_id = joined(conn, wanted.project_id, wanted.name, wanted.list_ids, now, wanted.chosen)
    if not run(conn, "SELECT 1 FROM contact WHERE list_id = :id LIMIT 1", id=list_id).first():
        if wanted.chosen is not None:
            raise LaunchRefused(
                "под эти условия в списке никто не подходит", "nobody of the list satisfies these conditions"
            )
        raise LaunchRefused("в списке некому звонить", "the list has nobody to call")
    hours = settings.hours
    launched = launch(
        conn,
        Launch(
            project_id=wanted.project_id,
            name=wanted.name,
            scenario_version_id=wanted.scenario_version_id,
            list_id=list_id,
            trunk=trunk,
            zone=settings.zone or wanted.zone,
            base_zone=settings.base_zone,
            window=None if hours is None else (hours.start, hours.end),
            retry=settings.retry,
            agent_groups=_missing_groups(conn, wanted) if wanted.virtual else {},
            voice=wanted.voice,
            virtual=wanted.virtual,
            machines=settings.machines,
            as_messages=settings.as_messages,
            third_persons=settings.third_persons,
            record=settings.record,
            record_days=wanted.record_days,
            state="draft",
        ),
        now,
    )
    campaign = launched.campaign_id
    run(
        conn,
        """UPDATE campaign SET preset_version_id = :version, settings = CAST(:settings AS jsonb),
               "window" = CAST(:window AS jsonb), segment = CAST(:segment AS jsonb) WHERE id = :id""",
        segment=None if wanted.chosen is None else _told(conn, wanted.chosen, wanted.list_ids),
        version=None if preset is None else preset.version_id,
        settings=json.dumps(settings.to_json(), ensure_ascii=False),
        window=None if hours is None else hours.model_dump_json(by_alias=True),
        id=campaign,
    )
    trunks.assign(
        conn,
        campaign,
        names,
        every=settings.every_trunk,
        weight=settings.weight,
        minutes_day=settings.minutes_day,
        money_day=settings.money_day,
    )
    defer(conn, PREPARE_PROMPTS, only_one=f"{PREPARE_PROMPTS} {campaign}", campaign_id=campaign)
    return Made(campaign, launched.contacts, launched.never_open)


def start(conn: Connection, campaign_id: int, now: dt.datetime) -> None:
    """Let a draft call, from now on.  now: campaign time.  Raises NotADraft, LaunchRefused, NoResultFound."""
    row = run(
        conn, "SELECT state, virtual, project_id FROM campaign WHERE id = :id FOR NO KEY UPDATE", id=campaign_id
    ).one()
    if row.state != "draft":
        raise NotADraft(row.state)
    if not row.virtual:
        used = run(
            conn,
            """SELECT trunk_id FROM campaign WHERE id = :id
               UNION SELECT trunk_id FROM campaign_trunk WHERE campaign_id = :id""",
            id=campaign_id,
        ).scalars()
        check_verified(conn, used)
    run(conn, "UPDATE campaign SET state = 'running', held = NULL, paused_at = NULL WHERE id = :id", id=campaign_id)
    run(
        conn,
        "UPDATE target SET due = :now WHERE campaign_id = :id AND state IN ('preparing', 'waiting') AND due > :now",
        id=campaign_id,
        now=now,
    )


def keep_chosen(conn: Connection, campaign_id: int, segment: Mapping[str, Any]) -> None:
    """Say of a campaign, a copy of another over the same people, who had been chosen for that one."""
    told = json.dumps(dict(segment), ensure_ascii=False)
    run(conn, "UPDATE campaign SET segment = CAST(:told AS jsonb) WHERE id = :id", told=told, id=campaign_id)


def settings_of(conn: Connection, campaign_id: int) -> RunSettings:
    """Give what a campaign was made with; of one that a command launched as far as it can be told.

    Raises NoResultFound.
    """
    row = run(
        conn,
        """SELECT c.settings, c.zone, c.base_zone, c."window", c.retry, c.machines, c.record, c.third_persons,
               c.as_messages, t.name AS trunk
           FROM campaign c JOIN trunk t ON t.id = c.trunk_id WHERE c.id = :id""",
        id=campaign_id,
    ).one()
    if row.settings is not None:
        return read_settings(row.settings)
    told = {"zone": row.zone, "base_zone": row.base_zone, "hours": row.window, "retry": row.retry, "record": row.record}
    told |= {"third_persons": row.third_persons, "as_messages": row.as_messages, "trunks": [row.trunk]}
    return read_settings(told, {} if row.machines is None else {"machines": row.machines})


def settings_to_copy(conn: Connection, campaign_id: int) -> RunSettings:
    """What a campaign like it is made with: over the same trunks, though there may be more of them by now.

    Raises NoResultFound.
    """
    settings = settings_of(conn, campaign_id)
    if settings.trunks or settings.every_trunk:
        return settings
    return settings.model_copy(update={"trunks": tuple(trunk_use.used(conn, campaign_id).trunks)})


def free_name(conn: Connection, project_id: int, name: str) -> str:
    """Give the name, or the first one with a number after it that no campaign or list of the project has."""
    taken = set(
        run(
            conn,
            """SELECT name FROM campaign WHERE project_id = :project AND starts_with(name, :name)
               UNION SELECT name FROM contact_list WHERE project_id = :project AND starts_with(name, :name)""",
            project=project_id,
            name=name,
        ).scalars()
    )
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} · {number}"
    return free


def _told(conn: Connection, chosen: Chosen, list_ids: Sequence[int]) -> str:
    """Who was chosen, as the campaign keeps it: the lists by their names, and how many people they had then."""
    rows = run(
        conn,
        """SELECT l.name, (SELECT count(*) FROM contact c WHERE c.list_id = l.id) AS n FROM contact_list l
           WHERE l.id = ANY(CAST(:ids AS bigint[])) ORDER BY l.name""",
        ids=list(list_ids),
    ).all()
    told = {"lists": [row.name for row in rows], "of": sum(row.n for row in rows)}
    return json.dumps(msgspec.to_builtins(chosen) | told, ensure_ascii=False)


def _check_purpose(conn: Connection, version_id: int, settings: RunSettings) -> None:
    stored = stored_version(conn, version_id)
    if stored is None or settings.purpose is None:
        return
    said = Purpose(stored.scenario().purpose)
    if said != settings.purpose:
        ours, theirs = TITLES[settings.purpose], TITLES[said]
        raise LaunchRefused(
            f"сценарий сделан для цели «{theirs['ru']}», а настройки — для «{ours['ru']}»: от цели зависит закон",
            f"the scenario is for {theirs['en']} and the settings are for {ours['en']}: hours and caps hang on it",
        )


def _trunk(conn: Connection, settings: RunSettings, *, virtual: bool) -> tuple[TrunkSpec, list[str]]:
    """The campaign's first line as it stands, and the names of all of them.  Raises LaunchRefused."""
    names = list(settings.trunks)
    if not names:
        names = run(conn, "SELECT name FROM trunk WHERE shared ORDER BY id").scalars()
        if len(names) > 1 and not settings.every_trunk:
            raise LaunchRefused(
                "линий несколько: выберите, по каким звонить", "there are several trunks: say over which to call"
            )
        if not names and virtual:  # made once, then it is as somebody has set it
            names = run(conn, "SELECT name FROM trunk WHERE name = :name", name=_VIRTUAL_TRUNK.name).scalars()
            if not names:
                return _VIRTUAL_TRUNK, []
        if not names:
            raise LaunchRefused(
                "не заведено ни одной линии: администратор добавляет её в настройках",
                "there is no trunk yet: an administrator adds one in the settings",
            )
    row = run(
        conn,
        "SELECT id, name, dial_string, channels, cps FROM trunk WHERE name = :name FOR NO KEY UPDATE",
        name=names[0],
    ).one_or_none()
    if row is None:
        raise LaunchRefused(f"линии «{names[0]}» нет", f"there is no trunk {names[0]!r}")
    numbers = run(conn, "SELECT number FROM caller_id WHERE trunk_id = :id ORDER BY id", id=row.id).scalars()
    spec = TrunkSpec(
        name=row.name, dial_string=row.dial_string, channels=row.channels, cps=row.cps, caller_ids=tuple(numbers)
    )
    return spec, names


def _missing_groups(conn: Connection, wanted: Wanted) -> dict[str, Sequence[str]]:
    """Agents of the virtual switch for groups that nobody has made."""
    stored = stored_version(conn, wanted.scenario_version_id)
    if stored is None:
        return {}
    known = run(conn, "SELECT name FROM agent_group WHERE project_id = :project", project=wanted.project_id).scalars()
    return dict.fromkeys(sorted(groups_of(stored.scenario()) - set(known)), VIRTUAL_AGENTS)
