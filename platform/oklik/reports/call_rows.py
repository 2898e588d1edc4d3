"""Each call as one row of `call_result`: how it is made of attempt, leg, steps and answers, and kept.

The way that a call went is written as words in the order of its facts: ">node" was entered, "<exit" is by which it was
left, "!reason" its end.  Such ways are few, however many calls there are, so each is kept once.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

LONGEST_S = 600
"""Whole seconds of what was being said after which whoever hangs up is counted as at this one."""

# What was being said began with the last fact before the end; calls of old versions have no better knowledge of it.
_WENT = f"""
    SELECT array_agg(CASE f.type WHEN 'entered' THEN '>' || f.node WHEN 'left' THEN '<' || (f.fact ->> 'exit')
            ELSE '!' || (f.fact ->> 'reason') END ORDER BY f.seq)
            FILTER (WHERE f.type IN ('entered', 'left', 'ended')) AS words,
        least({LONGEST_S}, greatest(0, floor(coalesce(
            max(CAST(f.fact ->> 'into_s' AS float)) FILTER (WHERE f.fact ->> 'reason' = 'hung_up'),
            extract(epoch FROM max(f.at) FILTER (WHERE f.fact ->> 'reason' = 'hung_up')
                - max(f.at) FILTER (WHERE f.type NOT IN ('ended', 'beep_heard'))))))) AS second,
        least({LONGEST_S}, ceil(max(CAST(f.fact ->> 'of_s' AS float))
            FILTER (WHERE f.fact ->> 'reason' = 'hung_up'))) AS prompt_s
    FROM (SELECT s.seq, s.at, s.node, s.fact, s.fact ->> 'type' AS type FROM step s WHERE s.attempt_uuid = a.uuid) f
"""  # noqa: S608  a constant

FRESH = f"""
SELECT a.uuid AS attempt_uuid, a.campaign_id, t.contact_id, a.started_at, a.direction,
    coalesce(a.disposition, '') AS outcome, leg.answered_at IS NOT NULL AS answered, coalesce(leg.talk_s, 0) AS talk_s,
    CASE WHEN leg.answered_at IS NULL AND NOT a.open
        THEN concat_ws(' ', coalesce(nullif(leg.cause, ''), '?'), nullif(leg.sip_status, 0)) END AS cause,
    CASE WHEN a.direction = 'in' THEN coalesce(c.return_scenario_version_id, c.scenario_version_id)
        ELSE c.scenario_version_id END AS version_id,
    went.words, CAST(went.second AS smallint) AS second, CAST(went.prompt_s AS smallint) AS prompt_s, said.answers
FROM attempt a JOIN campaign c ON c.id = a.campaign_id JOIN target t ON t.id = a.target_id
JOIN call leg ON leg.uuid = a.uuid
LEFT JOIN LATERAL ({_WENT}) went ON true
LEFT JOIN LATERAL (SELECT jsonb_object_agg(w.question, w.value) AS answers FROM answer w
    WHERE w.attempt_uuid = a.uuid) said ON true
WHERE a.campaign_id = :id AND a.started_at >= :since AND a.started_at < :until
    AND a.disposition IS DISTINCT FROM 'not_sent'"""  # noqa: S608  a constant
"""Calls that are not kept yet, as rows of call_result with the words of their way and its version."""

_KEEP = f"""
WITH fresh AS MATERIALIZED ({FRESH}),
named AS (SELECT DISTINCT version_id, words, md5(version_id || E'\\n' || array_to_string(words, E'\\n')) AS digest
    FROM fresh WHERE words IS NOT NULL),
known AS (
    INSERT INTO call_way (version_id, digest, nodes, exits, reason)
    SELECT n.version_id, n.digest, way.nodes, way.exits, way.reason
    FROM named n CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(substr(w.word, 2) ORDER BY w.place) FILTER (WHERE w.word LIKE '>%'), '{{}}') AS nodes,
            coalesce(array_agg(CASE WHEN w.after LIKE '<%' THEN substr(w.after, 2) ELSE '' END ORDER BY w.place)
                FILTER (WHERE w.word LIKE '>%'), '{{}}') AS exits,
            coalesce(max(substr(w.word, 2)) FILTER (WHERE w.word LIKE '!%'), '') AS reason
        FROM (SELECT word, place, lead(word) OVER (ORDER BY place) AS after
              FROM unnest(n.words) WITH ORDINALITY AS u(word, place)) w) way
    ON CONFLICT (digest) DO UPDATE SET digest = excluded.digest RETURNING id, digest)
INSERT INTO call_result (attempt_uuid, campaign_id, contact_id, started_at, direction, outcome, answered, talk_s,
    cause, way_id, second, prompt_s, answers)
SELECT f.attempt_uuid, f.campaign_id, f.contact_id, f.started_at, f.direction, f.outcome, f.answered, f.talk_s,
    f.cause, known.id, f.second, f.prompt_s, f.answers
FROM fresh f LEFT JOIN known
    ON known.digest = md5(f.version_id || E'\\n' || array_to_string(f.words, E'\\n'))
ON CONFLICT (attempt_uuid) DO NOTHING"""  # noqa: S608  constants


class Passage(NamedTuple):
    """A node that a call entered, and the exit by which it was left, "" for none."""

    node: str
    exit: str


def keep_rows(conn: Connection, campaign_id: int, since: dt.datetime, until: dt.datetime) -> None:
    """Keep the calls of a campaign that were begun in a span, its end excluded; nothing of them may change any more."""
    conn.execute(text(_KEEP), {"id": campaign_id, "since": since, "until": until})


def read_way(words: Sequence[str]) -> tuple[list[Passage], str]:
    """Give the passages and the reason of the end, "" for none, of a way in words."""
    went: list[Passage] = []
    reason = ""
    for word in words:
        if word[0] == ">":
            went.append(Passage(word[1:], ""))
        elif word[0] == "!":
            reason = word[1:]
        elif went and not went[-1].exit:
            went[-1] = Passage(went[-1].node, word[1:])
    return went, reason
