"""Serves test calls of trunks: rings somebody of ours through exactly that one, and says each key back that arrives.

Beside the dialer, within its limits and under its lease.  The call takes keys in every way there is; which way each
one came is the switch's own word.  What may be called is decided in campaigns.trunk_tests; one greenlet a call.
"""

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import gevent
from sqlalchemy import Engine

from oklik.campaigns import trunk_test_says, trunk_tests
from oklik.campaigns.budget import Spending
from oklik.campaigns.lease import Holder, LeaseLost
from oklik.campaigns.trunk_tests import LONGEST_S, Claimed, Ended
from oklik.dialing.destinations import Destinations
from oklik.dialing.vocabulary import CallState
from oklik.scenario.flow import Say
from oklik.speech.prompts import PromptStore
from oklik.speech.voices import voice_from_json
from oklik.telephony.port import (
    Answer,
    Call,
    CallEnded,
    CallGone,
    Dial,
    Gather,
    Keys,
    Playback,
    Refused,
    Result,
    Ringing,
    SwitchError,
    SwitchInstruction,
)
from oklik.worker.echo import Presses
from oklik.worker.host import Host, LeftOpen, Line
from oklik.worker.instructing import SLACK_S
from oklik.worker.kept import Kept, told_to_end
from oklik.worker.writer import DATABASE_ERRORS, one_line

log = logging.getLogger(__name__)

LOOK_S = 0.5  # real seconds between looks for a test that waits
LINE_S = 20.0  # real seconds for a line within the limits
RING_S = 45
PATIENCE_S = 10.0  # campaign seconds without a key until we ask again, and then leave
BOTH_S = 0.4  # campaign seconds after a key in which it may come in a second way
END_TRIES = 5


class TestHost(Host, Protocol):
    """What is needed of the dialer besides."""

    @property
    def open(self) -> bool:
        """New calls may be begun."""


class TrunkTests:
    """Of one node.  `run` blocks for good."""

    def __init__(  # noqa: PLR0917  what a dialer is set up with
        self,
        engine: Engine,
        host: TestHost,
        holder: Holder,
        prompts: Path,
        destinations: Destinations,
        spending: Spending,
    ) -> None:
        self._looks, self._rows = Kept(engine, reading=True), Kept(engine)
        self._host, self._node = host, holder
        self._prompts, self._destinations, self._spending = prompts, destinations, spending

    def run(self) -> None:
        """Look until the greenlet is killed."""
        while True:
            try:
                self.look()
            except DATABASE_ERRORS as error:
                if told_to_end(error):
                    raise gevent.GreenletExit from None
                log.info("test calls of trunks: %s", one_line(error))
            except LeaseLost:
                return  # the dialer finds it out by itself
            gevent.sleep(LOOK_S)

    def look(self) -> None:
        """Serve the tests that wait, if any.  Raises LeaseLost and SQLAlchemy's errors."""
        host = self._host
        if not host.open or not host.switch.connected:
            return
        with self._looks.use() as conn:
            if not trunk_tests.waiting(conn):
                return
        with self._rows.use() as conn:
            claimed = trunk_tests.claim(
                conn,
                self._holder(),
                host.clock.now(),
                _wall(),
                virtual=host.switch.virtual,
                destinations=self._destinations,
                spending=self._spending,
            )
        for one in claimed:
            host.agent_legs.add(str(one.uuid))  # the reconcile leaves it alone
            gevent.spawn(self._serve, one)

    def _holder(self) -> Holder:
        return Holder(self._node.node, self._node.epoch, self._host.switch.core_uuid)

    # -- one call -------------------------------------------------------------------------------------------------

    def _serve(self, one: Claimed) -> None:
        line = self._host.agent_line(one.trunk)
        try:
            ended = self._called(one, line)
        except LeftOpen:
            ended = None  # the next dialer finds out what became of the leg
        except Exception as error:  # a bug of ours ends this test and nothing else
            log.exception("test call %s of a trunk broke", one.id)
            self._kill(one)
            ended = Ended(cause="LOST", fault=one_line(error))
        finally:
            line.give_back()
        if ended is not None:
            self._end(one, ended)
        self._host.agent_legs.discard(str(one.uuid))

    def _called(self, one: Claimed, line: Line) -> Ended:
        host = self._host
        store = PromptStore(self._prompts, voice_from_json(one.voice))
        if not store.has(trunk_test_says.every(one.language)):
            return _unsent("no_speech")
        if not _taken(line):
            return _unsent("no_line")
        try:
            call = host.switch.originate(
                Dial(
                    uuid=str(one.uuid),
                    endpoint=one.endpoint,
                    caller_id=one.caller_id,
                    ring_s=RING_S,
                    max_s=LONGEST_S,
                    every_key=True,
                ),
                line.arrived,
            )
        except SwitchError as error:
            return _unsent(str(error))
        host.recorder.state(str(one.uuid), CallState.SENT, host.clock.now())
        return self._followed(one, call, lambda say: store.clips([say]).files)

    def _followed(self, one: Claimed, call: Call, sound: "Sound") -> Ended:
        host = self._host
        fault: str | None = None
        while True:
            try:
                event = call.wait(host.clock.real_s(RING_S + LONGEST_S) + SLACK_S)
                if isinstance(event, CallEnded):
                    return _ended(event, fault)
                state = CallState.RINGING if isinstance(event, Ringing) else CallState.ANSWERED
                host.recorder.state(call.uuid, state, host.clock.now())
                self._tell(partial(trunk_tests.progress, test_id=one.id, state=str(state), wall=_wall()))
                if isinstance(event, Answer):
                    fault = self._talk(one, call, sound)
                    call.hangup()
            except CallGone:
                return Ended(cause="LOST", fault=fault)
            except SwitchError as error:
                log.info("test call %s of a trunk: %s", one.id, error)
                host.wait_connected()
                call.hangup()  # what was asked before the cut is lost

    def _talk(self, one: Claimed, call: Call, sound: "Sound") -> str | None:
        """Say keys back until `#`, silence or the longest time; gives our own failure."""
        speed = self._host.clock.speed
        presses = Presses(speed)
        call.hear_keys(presses.heard)
        says = trunk_test_says.phrase("intro", one.language)
        asked_again = False
        while presses.seconds < LONGEST_S - 2 * PATIENCE_S:
            result = self._done(call, _question(sound(says)))
            if isinstance(result, Refused):
                return result.reason
            if not isinstance(result, Keys):
                return None  # they have hung up
            if result.keys:
                gevent.sleep(BOTH_S / speed)
                presses.at_least(result.keys)
            if fresh := presses.fresh():
                self._tell(partial(trunk_tests.heard, test_id=one.id, keys=presses.all))
                if fresh[-1].key == trunk_test_says.ENDS:
                    self._done(call, Playback(files=sound(trunk_test_says.phrase("bye", one.language))))
                    return None
                says, asked_again = trunk_test_says.pressed(fresh[-1].key, one.language), False
            elif not result.keys:
                if asked_again:
                    self._done(call, Playback(files=sound(trunk_test_says.phrase("unheard", one.language))))
                    return None
                says, asked_again = trunk_test_says.phrase("again", one.language), True
        return None

    def _done(self, call: Call, instruction: SwitchInstruction) -> Result:
        return call.start(instruction).wait(self._host.clock.real_s(3 * PATIENCE_S) + SLACK_S)

    # -- rows -----------------------------------------------------------------------------------------------------

    def _tell(self, write: Callable[[Any], None]) -> None:
        """For people who watch: what cannot be written now is not worth the call."""
        try:
            with self._rows.use() as conn:
                write(conn)
        except DATABASE_ERRORS as error:
            log.info("test calls of trunks: %s", one_line(error))

    def _end(self, one: Claimed, ended: Ended) -> None:
        for again in range(1, END_TRIES + 1):
            try:
                with self._rows.use() as conn:
                    trunk_tests.end(conn, self._holder(), one, ended, self._host.clock.now(), _wall())
            except LeaseLost:
                return  # whoever owns the node now settles it
            except DATABASE_ERRORS as error:
                log.warning("test call %s of a trunk: %s", one.id, one_line(error))
                gevent.sleep(again)
            else:
                return

    def _kill(self, one: Claimed) -> None:
        try:
            self._host.switch.kill(str(one.uuid))
        except SwitchError as error:
            log.info("test call %s of a trunk: %s", one.id, error)


Sound = Callable[[Say], tuple[str, ...]]


def _taken(line: Line) -> bool:
    """Wait for a line within the limits."""
    deadline = monotonic() + LINE_S
    while not line.take():
        if monotonic() >= deadline:
            return False
        gevent.sleep(0.02)
    return True


def _question(files: tuple[str, ...]) -> Gather:
    return Gather(
        files=files,
        allowed=trunk_test_says.KEYS,
        min_digits=1,
        max_digits=1,
        terminators="",
        timeout_s=PATIENCE_S,
        digit_timeout_s=1.0,
        barge_in=True,
    )


def _ended(event: CallEnded, fault: str | None) -> Ended:
    told = {name: getattr(event, name) for name in ("cause", "q850", "sip_status", "sent", "ring_s", "talk_s")}
    return Ended(**told, hangup_by=str(event.by), fault=fault)


def _unsent(fault: str) -> Ended:
    return Ended(cause="NOT_SENT", sent=False, fault=fault)


def _wall() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
