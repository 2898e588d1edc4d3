"""A contact at whose data a program of ours stumbles: it must not stop the calls to all others.

The claim meets the oldest due target first.  If that ended the dialer, the next one would meet it again, for ever.  So
it is put off with a rule of its own, for the fault may be mended in that time, and given up after some tries.
"""

import datetime as dt
import logging
import traceback

from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.dialing.gate import Deny

log = logging.getLogger(__name__)

RULE = "contact_fault"
AGAIN = dt.timedelta(hours=1)
MOST = 3  # tries


def contact_fault(conn: Connection, target: int, error: Exception, now: dt.datetime) -> Deny:
    """Give the denial for a target, and tell the log where it broke; the message of the error is the contact's data."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    log.error("target %d is not called: %s at %s:%s", target, type(error).__name__, frame.filename, frame.lineno)
    before = run(
        conn, "SELECT count(*) FROM verdict WHERE target_id = :target AND rule = :rule", target=target, rule=RULE
    ).scalar_one()
    return Deny(RULE, {}, now + AGAIN if before + 1 < MOST else None)
