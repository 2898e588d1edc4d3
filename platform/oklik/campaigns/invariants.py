"""What must be true of the tables at any moment, whatever happened to any process: each a query that finds nothing.

Asked by the tests after everything they do, and by `oklik doctor` of an installation at work.  Every statement sees the
tables as they were at one moment, between transactions.
"""

from collections.abc import Mapping

INVARIANTS: Mapping[str, str] = {
    "two_attempts": "SELECT person_id FROM attempt WHERE open GROUP BY 1 HAVING count(*) > 1",
    "attempt_unallowed": """SELECT a.uuid FROM attempt a LEFT JOIN verdict v ON v.call_uuid = a.uuid AND v.allowed
        WHERE v.id IS NULL AND a.direction = 'out'""",
    "leg_unallowed": """SELECT c.uuid FROM call c LEFT JOIN verdict v ON v.call_uuid = c.uuid AND v.allowed
        WHERE v.id IS NULL AND c.kind <> 'inbound'""",
    "attempt_without_leg": "SELECT a.uuid FROM attempt a LEFT JOIN call c ON c.uuid = a.uuid WHERE c.uuid IS NULL",
    "dialing_without_attempt": """SELECT t.id FROM target t WHERE t.state = 'dialing' AND NOT EXISTS
        (SELECT 1 FROM attempt a WHERE a.target_id = t.id AND a.open)""",
    "attempt_not_dialing": """SELECT t.id FROM target t JOIN attempt a ON a.target_id = t.id AND a.open
        AND a.direction = 'out' WHERE t.state <> 'dialing'""",
    "leg_left_open": """SELECT a.uuid FROM attempt a JOIN call c ON c.uuid = a.uuid
        WHERE NOT a.open AND c.state NOT IN ('final', 'not_sent', 'unknown')""",
    # What was kept long enough is deleted, see outbox.py.
    "result_untold": """SELECT a.uuid FROM attempt a LEFT JOIN outbox o ON o.attempt_uuid = a.uuid
        WHERE NOT a.open AND a.disposition <> 'not_sent' AND o.id IS NULL
          AND a.ended_at >= coalesce((SELECT outbox_from FROM installation), '-infinity')""",
    "attempts_miscounted": """SELECT t.id FROM target t LEFT JOIN attempt a ON a.target_id = t.id
        GROUP BY t.id HAVING t.attempts <> count(a.uuid) FILTER (WHERE a.consumed AND NOT a.open)""",
}
"""Code -> a query that gives what is against it, by UUID or id."""
