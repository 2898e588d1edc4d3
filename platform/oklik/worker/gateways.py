"""Brings the switch's gateways to what people have filled in, and tells how they are.

Beside the dialer, with a connection of its own: a trunk whose gateway changed is read again by the switch, then each
gateway is asked after every few seconds.  Whatever fails is tried again at the next look; calls never wait for it.
"""

import datetime as dt
import logging
from collections.abc import Sequence

import gevent
from sqlalchemy import Engine

from oklik.campaigns import gateways
from oklik.campaigns.gateways import Seen, Wanted
from oklik.dialing.gateways import MISSING
from oklik.telephony.port import Gateways, GatewaySeen, SwitchError
from oklik.worker.kept import Kept, told_to_end
from oklik.worker.writer import DATABASE_ERRORS, one_line

log = logging.getLogger(__name__)

LOOK_S = 2.0  # real seconds between looks
ALIKE_S = 10.0  # what has not changed is told anew so often, as a sign of life


class GatewayWatch:
    """Of one node.  `run` blocks for good."""

    def __init__(self, engine: Engine, switch: Gateways, node: str) -> None:
        self._kept, self._switch, self._node = Kept(engine), switch, node
        self._told: dict[int, Seen] = {}
        self._told_at = 0.0

    def run(self) -> None:
        """Look until the greenlet is killed."""
        while True:
            try:
                self.look()
            except SwitchError as error:
                log.info("gateways: %s", error)
            except DATABASE_ERRORS as error:
                if told_to_end(error):
                    raise gevent.GreenletExit from None
                log.info("gateways: %s", one_line(error))
            gevent.sleep(LOOK_S)

    def look(self) -> None:
        """One look.  Raises SwitchError and SQLAlchemy's errors."""
        if not self._switch.connected:
            return
        with self._kept.use() as conn:
            found = gateways.wanted(conn, self._node)
        if not found:
            self._told = {}
            return
        applied = self._bring(found)
        seen = [self._seen(one, applied[one.trunk_id]) for one in found]
        now = gevent.get_hub().loop.now()
        fresh = {one.trunk_id: one for one in seen}
        if fresh != self._told or now - self._told_at >= ALIKE_S:
            with self._kept.use() as conn:
                gateways.publish(conn, self._node, seen, dt.datetime.now(dt.UTC))
            self._told, self._told_at = fresh, now

    def _bring(self, found: Sequence[Wanted]) -> dict[int, int]:
        """Have the switch read what it has not; gives the revisions it has now."""
        changed = [one for one in found if one.applied is None or one.applied < one.revision]
        if changed:
            self._switch.reread([one.name for one in changed])
            log.info("the switch has read again: %s", ", ".join(one.name for one in changed))
        return {one.trunk_id: one.revision for one in found}

    def _seen(self, one: Wanted, applied: int) -> Seen:
        seen = self._switch.gateway(one.name) or GatewaySeen(state=MISSING, up=False)
        return Seen(trunk_id=one.trunk_id, state=seen.state, up=seen.up, sip_status=seen.sip_status, applied=applied)
