"""An answer by voice on a live leg: the words, the beep, the recording, and what of it is told to the scenario.

After a cut connection the person is asked again from the beginning.  Whoever hangs up while speaking has left a
recording all the same.  The files are the affair of `recordings`.
"""

import logging

from oklik.scenario import flow
from oklik.scenario.flow import Event, HungUp
from oklik.telephony.port import (
    Call,
    CallGone,
    Playback,
    Record,
    Recorded,
    Result,
    Stopped,
    SwitchLost,
)
from oklik.worker.host import Failure, Host, Job
from oklik.worker.instructing import carry_out
from oklik.worker.recordings import RecordingError, Takes

log = logging.getLogger(__name__)


def record(host: Host, job: Job, call: Call, asked: flow.Record, takes: Takes) -> Event:
    """Carry it out.  Returns Recorded, or HungUp.  Raises Failure, LeftOpen, PromptMissing."""
    prompts = host.prompts(job)
    lead = [prompts.clips(asked.parts), *([prompts.beep()] if asked.beep else [])]
    words = Playback(files=tuple(file for clips in lead for file in clips.files))
    words_s = sum(clips.ms for clips in lead) / 1000
    take = Record(
        path=takes.begin(asked.question, asked.take),
        max_s=asked.max_s,
        silence_s=asked.silence_s,
        terminators=asked.end_keys,
    )
    while True:
        try:
            if words.files and _gone(carry_out(host, call, words, words_s)):
                return HungUp()
            result = carry_out(host, call, take, asked.max_s)
            break
        except SwitchLost:
            host.wait_connected()
        except CallGone:
            result = Stopped(gone=True)
            break
    if _gone(result):
        return HungUp(spoke_s=_left_behind(asked, takes))
    if not isinstance(result, Recorded):
        raise Failure(f"the switch recorded nothing: {result}")
    try:
        found = takes.measure(asked.question, asked.take)
    except RecordingError as error:
        host.recordings.doubt(job.campaign_id)
        raise Failure(str(error)) from error
    return flow.Recorded(seconds=_within(found.spoken_s, asked), by=flow.RecordingEnd(result.by.value))


def _gone(result: Result) -> bool:
    return isinstance(result, Stopped)


def _left_behind(asked: flow.Record, takes: Takes) -> float:
    """What was said before the person hung up; often there is no file, for they left amid the words."""
    try:
        return _within(takes.measure(asked.question, asked.take).spoken_s, asked)
    except RecordingError as error:
        log.info("nothing of a recording: %s", error)
        return 0.0


def _within(spoken_s: float, asked: flow.Record) -> float:
    """No more than was asked for: a switch notices the end of the time a little late, and records until then."""
    return min(spoken_s, float(asked.max_s))
