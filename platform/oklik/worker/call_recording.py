"""Recording a call on a live leg: all of it, or its parts with agents.

A campaign that records its calls does not make them unrecorded: where the switch cannot, the call ends with our fault
before a word is said.  A part that cannot be recorded goes on: two people are talking.
"""

import logging

from oklik.dialing.call_recording import Part
from oklik.telephony.port import Call, CallGone, SwitchError, SwitchLost
from oklik.worker.host import CallFile, Failure, Host, Job

log = logging.getLogger(__name__)


def begin(host: Host, job: Job, call: Call) -> None:
    """Record all of a call.  Raises Failure, CallGone, LeftOpen."""
    path = _told(host, job, Part.CALL)
    while True:
        try:
            host.switch.record_call(call, path)
            return
        except SwitchLost:
            host.wait_connected()
        except CallGone:
            raise
        except SwitchError as error:
            host.recordings.doubt(job.campaign_id)
            raise Failure(f"the call cannot be recorded: {error}") from error


def begin_part(host: Host, job: Job, call: Call, n: int) -> str | None:
    """Record the n-th talk with an agent (from 1), if that is wanted: the file, for end_part."""
    if job.record != Part.AGENT:
        return None
    path = _told(host, job, Part.AGENT, n)
    try:
        host.switch.record_call(call, path)
    except SwitchError as error:  # also CallGone: then there is nothing more to record
        log.error("call %s: a talk with an agent is not recorded: %s", call.uuid, error)
    return path


def end_part(host: Host, call: Call, path: str | None) -> None:
    """The talk is over."""
    if path is None:
        return
    try:
        host.switch.record_call_end(call, path)
    except SwitchError as error:  # it ends with the leg
        log.warning("call %s: a recording goes on to the end of the call: %s", call.uuid, error)


def _told(host: Host, job: Job, part: Part, n: int = 1) -> str:
    """The file, whose row is on its way: whatever dies now, somebody will look for it."""
    uuid = job.dial.uuid
    path, relative = host.recordings.of_call(job.campaign_id, uuid, part, n)
    file = CallFile(uuid=uuid, campaign_id=job.campaign_id, part=part, n=n, path=relative, at=host.clock.now())
    host.recorder.call_recording(file)
    return path
