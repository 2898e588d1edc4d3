"""What calls leave behind, in the shapes in which the use cases of `campaigns` write it."""

from uuid import UUID

import msgspec

from oklik.campaigns import agent_leg, finish, record
from oklik.campaigns.facts import summarise
from oklik.worker.host import AgentLeg, CallFile, Outcome
from oklik.worker.writer import AgentEnd, Batch, Recording

_OUT_OF_TIME = "ALLOTTED_TIMEOUT"  # the longest duration of a call, or the dead-man: hung up by us, whoever did it


def step_rows(batch: Batch) -> list[record.StepRecord]:
    """Steps of calls, in their order."""
    return [
        record.StepRecord(uuid, seq, facts.at, fact)
        for facts in batch.facts
        for uuid in (UUID(facts.uuid),)
        for seq, fact in enumerate(facts.facts, facts.first_seq)
    ]


def recording_row(one: Recording) -> record.RecordingRecord:
    """An answer by voice."""
    kept = one.kept
    return record.RecordingRecord(
        attempt_uuid=UUID(one.uuid),
        question=kept.question,
        node=kept.node,
        take=kept.take,
        path=kept.path,
        seconds=kept.seconds,
        bytes=kept.bytes,
        sha256=kept.sha256,
        at=one.at,
    )


def call_file_row(file: CallFile, node: str) -> dict[str, object]:
    """A recording of a call on this node."""
    return msgspec.structs.asdict(file) | {"node": node}


def leg_row(leg: AgentLeg) -> agent_leg.AgentLeg:
    """A leg to an agent that is to be dialed."""
    uuid, attempt = UUID(leg.uuid), UUID(leg.attempt_uuid)
    return agent_leg.AgentLeg(uuid, attempt, leg.group, leg.endpoint, leg.caller_id, leg.at, leg.number)


def leg_end_row(end: AgentEnd) -> agent_leg.AgentLegEnd:
    """The end of such a leg."""
    ended = end.ended
    return agent_leg.AgentLegEnd(
        UUID(end.uuid),
        end.at,
        ended.cause,
        q850=ended.q850,
        sip_status=ended.sip_status,
        hangup_by=str(ended.by),
        ring_s=ended.ring_s,
        talk_s=ended.talk_s,
        sent=ended.sent,
    )


def finished_row(outcome: Outcome) -> finish.Finished:
    """The end of a call, its facts summed up."""
    ended = outcome.ended
    summary = summarise(
        outcome.facts,
        cause=ended.cause,
        q850=ended.q850,
        sip_status=ended.sip_status,
        hangup_by=str(ended.by),
        channel=ended.channel,
        sent=ended.sent,
        answered=ended.answered,
        ring_s=ended.ring_s,
        talk_s=ended.talk_s,
        heard_percent=outcome.heard_percent,
        cancelled=outcome.cancelled or ended.cause == _OUT_OF_TIME,
        fault=outcome.fault,
        signs=outcome.signs,
        line_works=outcome.line_works,
    )
    return finish.Finished(UUID(outcome.uuid), outcome.at, summary, outcome.stranger)
