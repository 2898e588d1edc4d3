"""Ring a phone of ours with a draft: the document as it stands, in a campaign of one that nobody sees.

The document becomes a version that belongs to no scenario's versions (scenario_version.trial_of), the person whose
values are spoken a list of one row that counts as deleted, and the campaign is in the state `trial`: it is in no list,
never started, never reported on, and no queue claims from it.  What rings is an order of a test call (call_orders.py):
gate, trunks and speech are those of every call, and its leg is nobody's attempt.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns import call_orders, campaign_drafts
from oklik.campaigns.call_orders import Wanted as Order
from oklik.campaigns.handovers import noted
from oklik.campaigns.publish_scenario import digest_of
from oklik.campaigns.rows import run
from oklik.dialing.orders import OrderKind
from oklik.scenario.document import from_json

WITHIN_S = 180.0
"""So long may a trial wait to be dialed: its speech has to be made first."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """A draft that is to be heard.  revision: of it; contact: values by the scenario's columns; number: E.164.

    zone: the person's, as a list would tell it, None for unknown; office: zone of the office; virtual: on the virtual
    switch.  trunks: names of the lines, () for every shared one.
    """

    scenario_id: int
    revision: int
    document: Mapping[str, Any]
    contact: Mapping[str, str]
    zone: str | None
    number: str
    by: str
    office: str
    virtual: bool
    trunks: tuple[str, ...] = ()


class Ordered(msgspec.Struct, frozen=True):
    """The order, and the hidden campaign in which it is."""

    order_id: int
    campaign_id: int


def ring(
    conn: Connection, trial: Trial, voice: Callable[[Connection, int], dict[str, Any]], now: dt.datetime
) -> Ordered:
    """Order the call.  voice: chooses one for a version (may raise errors of its own); now: campaign time.

    Raises LaunchRefused, and SettingsRefused or TrunkRefused over a line; then nothing is to be committed.
    """
    project = run(conn, "SELECT project_id FROM scenario WHERE id = :id", id=trial.scenario_id).scalar_one()
    version = _version(conn, trial, now)
    name = f"trial {trial.scenario_id} {version}"
    list_id = _list(conn, project, name, trial, now)
    made = campaign_drafts.draft(
        conn,
        campaign_drafts.Wanted(
            project_id=project,
            name=name,
            scenario_version_id=version,
            list_ids=[list_id],
            preset_id=None,
            overrides={"trunks": list(trial.trunks)} if trial.trunks else {"every_trunk": _several(conn)},
            voice=voice(conn, version),
            zone=trial.office,
            virtual=trial.virtual,
        ),
        now,
    )
    run(conn, "UPDATE campaign SET state = 'trial' WHERE id = :id", id=made.campaign_id)
    run(conn, "UPDATE contact_list SET deleted_at = :now WHERE id = :id", id=list_id, now=now)
    order = Order(
        kind=OrderKind.TEST,
        campaign_id=made.campaign_id,
        target_id=call_orders.first_contact(conn, made.campaign_id),
        by=trial.by,
        number=trial.number,
    )
    within = None if trial.virtual else WITHIN_S
    return Ordered(call_orders.order(conn, order, now, within_s=within), made.campaign_id)


def order_of(conn: Connection, scenario_id: int, order_id: int) -> bool:
    """Whether the order is a trial of this scenario."""
    found = run(
        conn,
        """SELECT 1 FROM call_order o JOIN campaign c ON c.id = o.campaign_id
           JOIN scenario_version v ON v.id = c.scenario_version_id
           WHERE o.id = :order AND v.trial_of = :scenario""",
        order=order_id,
        scenario=scenario_id,
    ).first()
    return found is not None


def _several(conn: Connection) -> bool:
    return bool(run(conn, "SELECT count(*) > 1 FROM trunk WHERE shared").scalar_one())


def _version(conn: Connection, trial: Trial, now: dt.datetime) -> int:
    return int(
        run(
            conn,
            """INSERT INTO scenario_version (trial_of, number, digest, document, agent_groups, published_at,
                   published_by, draft_revision)
               VALUES (:scenario, 0, :digest, CAST(:document AS json), CAST(:groups AS text[]), :now, :by, :revision)
               RETURNING id""",
            scenario=trial.scenario_id,
            digest=digest_of(dict(trial.document)),
            document=json.dumps(trial.document, ensure_ascii=False),
            groups=noted(from_json(trial.document)),
            now=now,
            by=trial.by,
            revision=trial.revision,
        ).scalar_one()
    )


def _list(conn: Connection, project: int, name: str, trial: Trial, now: dt.datetime) -> int:
    """A list of the one row whose values are spoken; its person is the one whose phone rings."""
    list_id = run(
        conn,
        """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
           VALUES (:project, :name, '', :digest, CAST(:columns AS jsonb), :now) RETURNING id""",
        project=project,
        name=name,
        digest=hashlib.sha256(name.encode()).hexdigest(),
        columns=json.dumps(list(trial.contact), ensure_ascii=False),
        now=now,
    ).scalar_one()
    run(
        conn,
        """WITH p AS (
               INSERT INTO person (key) VALUES (:number) ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id
           )
           INSERT INTO contact (list_id, person_id, row_number, phones, fields, zone)
           SELECT :list, id, 1, ARRAY[CAST(:number AS text)], CAST(:fields AS jsonb), :zone FROM p""",
        number=trial.number,
        list=list_id,
        fields=json.dumps(dict(trial.contact), ensure_ascii=False),
        zone=trial.zone,
    )
    return int(list_id)
