"""What was claimed, as the jobs that calls are led by."""

from oklik.campaigns.intents import Claimed
from oklik.campaigns.return_call import Stranger
from oklik.campaigns.unknown_caller import NUMBER, unknown_caller
from oklik.dialing.calendars import is_holiday
from oklik.scenario.document import Scenario
from oklik.telephony.port import Dial
from oklik.worker.host import Job
from oklik.worker.settings import DialerSettings

TAKING_S = 10  # from taking a call to its answer


def job_of(one: Claimed, scenario: Scenario, settings: DialerSettings) -> Job:
    """A claimed call with all that its scenario will ask for."""
    dial = Dial(
        uuid=str(one.uuid),
        endpoint=one.endpoint,
        caller_id=one.caller_id,
        ring_s=settings.ring_s,
        max_s=settings.max_s,
    )
    return Job(
        campaign_id=one.campaign_id,
        target_id=one.target_id,
        dial=dial,
        number=one.number,
        scenario=scenario,
        contact={name: _text(one.fields.get(header)) for name, header in one.columns.items()},
        now=one.local,
        holiday=is_holiday(one.local.date()),
        who=one.person_key,
        until=one.legal_until,
        trunk=one.trunk,
        machines=one.machines,
        record=one.record,
    )


def stranger_of(one: Stranger, settings: DialerSettings) -> Job:
    """A call of somebody unknown to us, who is greeted in the voice of some campaign."""
    dial = Dial(uuid=str(one.uuid), endpoint="", caller_id="", ring_s=TAKING_S, max_s=settings.max_s)
    return Job(
        campaign_id=one.campaign_id,
        target_id=0,
        dial=dial,
        number=one.number,
        scenario=unknown_caller(),
        contact={NUMBER: one.number},
        now=one.local,
        language=one.language,
        trunk=one.trunk,
        inbound=True,
        stranger=True,
    )


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)
