"""What a call is told of its person: the moment there, holidays, and the name by which lots are drawn."""

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from oklik.campaigns.intents import Claimed
from oklik.campaigns.running import Trunk
from oklik.worker.as_jobs import job_of
from oklik.worker.settings import DialerSettings
from support.survey import survey

SETTINGS = DialerSettings(database_url="", switch_host="", switch_port=0, prompts="", ring_s=20, max_s=600)


def claimed(local: dt.datetime) -> Claimed:
    return Claimed(
        uuid=UUID(int=7),
        trunk=Trunk(1, 10, 5.0),
        campaign_id=2,
        scenario_version_id=3,
        target_id=4,
        contact_id=5,
        person_id=6,
        person_key="+79160000001",
        n=1,
        number="+79260000001",
        caller_id="100",
        endpoint="to/79260000001",
        fields={"ФИО": "Иван", "Долг": 5},
        columns={"name": "ФИО", "debt": "Долг", "none": "Нет"},
        legal_until=local,
        zone="Asia/Omsk",
        local=local,
    )


@pytest.mark.parametrize(("month", "day", "holiday"), [(5, 9, True), (5, 12, False)])
def test_a_job_knows_the_moment_at_the_contact(month: int, day: int, holiday: bool) -> None:
    local = dt.datetime(2026, month, day, 11, 30, tzinfo=ZoneInfo("Asia/Omsk"))
    job = job_of(claimed(local), survey(), SETTINGS)
    assert (job.now, job.holiday, job.who) == (local, holiday, "+79160000001")
    assert job.contact == {"name": "Иван", "debt": "5", "none": ""}
    assert (job.dial.ring_s, job.dial.max_s, job.number) == (20, 600, "+79260000001")
