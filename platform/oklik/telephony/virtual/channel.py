"""One leg at the switch: its state, its variables, what it says in events, how it is answered and how it ends.

The order of events on a leg is that of the recordings: CHANNEL_HANGUP, PLAYBACK_STOP, EXECUTE_COMPLETE of the
running applications, CHANNEL_UNPARK, EXECUTE_COMPLETE of park, HANGUP_COMPLETE, DESTROY.  Applications run in
execute; who called it and hears of the result is originate.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from oklik.telephony.virtual import causes, headers, sofia
from oklik.telephony.virtual.avmd import Avmd
from oklik.telephony.virtual.callee import FarEnd
from oklik.telephony.virtual.clock import Timer
from oklik.telephony.virtual.execute import Executor
from oklik.telephony.virtual.whole_calls import end_whole

if TYPE_CHECKING:
    from oklik.telephony.virtual.bridging import Bridge
    from oklik.telephony.virtual.core import Core

TICK_S = 0.02  # the switch looks at a leg once a packet
_CALL_STATE_NUMBERS = {"DOWN": "0", "DIALING": "1", "RINGING": "2", "EARLY": "3", "ACTIVE": "4", "HANGUP": "9"}


class Channel:
    """A leg.  variables: with their prefix `variable_`, as they stand in events.  number: that is dialed."""

    def __init__(
        self,
        core: "Core",
        uuid: str,
        *,
        name: str,
        number: str,
        sip: bool,
        far: FarEnd | None,
        caller: tuple[str, str],
        inbound: bool = False,
    ) -> None:
        self.core = core
        self.uuid = uuid
        self.name = name
        self.number = number
        self.sip = sip
        self.far = far
        self.caller_name, self.caller_number = caller
        self.inbound = inbound
        self.state, self.state_number = "CS_NONE", "1"
        self.call_state = "DOWN"
        self.answer_state = "ringing"
        self.cause = ""
        self.hung_up = False
        self.answered = False
        self.parked = False
        self.dialplan = False  # Channel-HIT-Dialplan
        self.turned = False  # it has come up: caller and callee have changed places in its events
        self.late_variables: dict[str, str] = {}
        self.created_us = self.profile_us = core.clock.now_us()
        self.answered_us = self.progress_us = self.early_us = self.ended_us = self.bridged_us = 0
        self.profile_index = 1
        self.transfer_source = ""
        self.shown_number = number  # Caller-ID-Number and Callee-ID-Number once turned round; a bridge changes them
        self.shown_callee = self.caller_number
        self.partner: tuple[str, Channel] | None = None  # originator or originatee, and the leg last bridged to
        self.park_uuid = ""
        self.variables: dict[str, str] = {}
        self.caller_state: tuple[object, ...] = ()
        self.caller: dict[str, str] = {}
        self.last_app = ("", "")
        self.keys = ""  # all keys pressed, for the ledger
        self.hears_tones = False  # start_dtmf: keys as tones in the sound are heard
        self.avmd = Avmd(self)
        self.bridge: Bridge | None = None
        self.executor = Executor(self)
        self.recorded: dict[str, int] = {}  # files into which the leg is recorded, since when
        self._limits: list[Timer] = []
        # set by originate: told once, at most one of answer and end before the answer
        self.on_up: Callable[[], None] | None = None
        self.on_end: Callable[[str], None] | None = None
        self.session_number = core.add(self)

    @property
    def direction(self) -> str:
        """As events spell it."""
        return "inbound" if self.inbound else "outbound"

    @property
    def person(self) -> str:
        """The number of whoever is at the other end, for the ledger."""
        return self.caller_number if self.inbound else self.number

    # -- variables and event data ----------------------------------------------------------------------------

    def get(self, name: str) -> str | None:
        """A variable by its bare name."""
        return self.variables.get("variable_" + name)

    def put(self, name: str, value: str | None) -> None:
        """Set a variable, None or '' takes it away.  The one set last stands last, as in FreeSWITCH."""
        self.variables.pop("variable_" + name, None)
        if value:
            self.variables["variable_" + name] = value

    def put_all(self, variables: Mapping[str, str]) -> None:
        """Set several; the names have their prefix."""
        for name in variables.keys() & self.variables.keys():
            del self.variables[name]
        self.variables.update(variables)

    def fire(
        self,
        event: str,
        extra: dict[str, str] | None = None,
        *,
        first: dict[str, str] | None = None,
        bare: bool = False,
    ) -> None:
        """Publish an event of this leg; `first` before, `extra` after the channel data; bare: no variables."""
        core = self.core
        if not core.wanted(event):
            core.publish(event)
            return
        core.publish(event, first or {}, headers.channel_block(self), {} if bare else self.variables, extra or {})

    def enter_state(self, state: str, number: str) -> None:
        """Change the state and say so."""
        self.state, self.state_number = state, number
        self.fire("CHANNEL_STATE", bare=True)

    def enter_call_state(self, call_state: str) -> None:
        """Change the call state and say so."""
        before, self.call_state = self.call_state, call_state
        self.fire(
            "CHANNEL_CALLSTATE",
            first={
                "Original-Channel-Call-State": before,
                "Channel-Call-State-Number": _CALL_STATE_NUMBERS[call_state],
            },
            bare=True,
        )

    def set_limit(self, seconds: float, call: Callable[..., None], *args: object) -> None:
        """A timer of this leg; it is taken back when the leg goes down (a quarter of an hour is long to be kept)."""
        self._limits.append(self.core.clock.later(seconds, call, *args))

    # -- from the far end (callee.Line) -----------------------------------------------------------------------

    def far_rings(self, early: bool) -> None:
        """180, or 183 with sound."""
        self.core.clock.later(TICK_S, self._progress, early)

    def far_answers(self) -> None:
        """200."""
        self.core.clock.later(TICK_S, self._answer)

    def far_refuses(self, status: int, q850: int) -> None:
        """A final answer above 299."""
        self.core.clock.later(TICK_S, self._refused, status, q850)

    def far_presses(self, key: str, by: str = "rfc2833") -> None:
        """A key was pressed and let go.  What nobody has told the switch to listen for it does not hear."""
        if not self.answered or self.hung_up:
            return
        self.keys += key
        self.core.ledger.write("key", self.core.clock.now_us(), self.uuid, key=key)
        if by in {"rfc2833", "both"}:
            self.executor.key(key, "RTP")
        if by == "info" and (self.get("rtp_liberal_dtmf") == "true" or self.get("dtmf_type") == "info"):
            self.executor.key(key, "ENDPOINT")
        if by in {"inband", "both"} and self.hears_tones:
            self.executor.key(key, "INBAND_AUDIO")

    def far_beeps(self, hertz: int) -> None:
        """A tone like that of an answering machine begins."""
        self.avmd.tone(hertz)

    def far_leaves(self) -> None:
        """BYE, or CANCEL of one who calls us."""
        self.core.clock.later(TICK_S, self._left)

    def _progress(self, early: bool) -> None:
        if self.hung_up or self.answered:
            return
        if self.sip and not self.progress_us:
            self.put_all(sofia.replied(self.uuid, self.number, self.caller_number))
        if early:
            self.early_us = self.core.clock.now_us()
            self.answer_state = "early"
            self.put_all(sofia.early())
            self.put("endpoint_disposition", "EARLY MEDIA")
            self.fire("CHANNEL_PROGRESS_MEDIA")
            self.enter_call_state("EARLY")
            if self.get("ignore_early_media") != "true" and self.on_up is not None:
                self.core.clock.later(TICK_S, self._up)
            return
        self.progress_us = self.core.clock.now_us()
        self.core.ledger.write("ringing", self.progress_us, self.uuid)
        self.fire("CHANNEL_PROGRESS")
        self.enter_call_state("RINGING")

    def _answer(self) -> None:
        if self.hung_up or self.answered:
            return
        if self.sip:
            if not self.progress_us:
                self.put_all(sofia.replied(self.uuid, self.number, self.caller_number))
            self.put_all(sofia.answered())
        self.answered = True
        self.answer_state = "answered"
        self.answered_us = self.core.clock.now_us()
        self.core.ledger.write("answered", self.answered_us, self.uuid, number=self.person)
        self.fire("CHANNEL_ANSWER")
        self.enter_call_state("ACTIVE")
        if self.on_up is not None:
            self.core.clock.later(TICK_S, self._up)

    def pick_up(self) -> None:
        """Answer somebody who calls us."""
        if not self.inbound or self.hung_up or self.answered:
            return
        self.put_all(sofia.answered())
        self.put("endpoint_disposition", "ANSWER")
        self.answered = True
        self.answer_state = "answered"
        self.answered_us = self.core.clock.now_us()
        self.core.ledger.write("answered", self.answered_us, self.uuid, number=self.person)
        self.fire("CHANNEL_ANSWER")
        self.enter_call_state("ACTIVE")
        if self.far is not None:
            self.far.picked_up()

    def _up(self) -> None:
        """The originate is told, and the application of its command begins; a kill meanwhile comes after."""
        if (told := self.on_up) is None or (self.hung_up and not self.answered):
            return
        # (an answered leg that was killed meanwhile still says +OK and is parked, as on the real switch)
        self.on_up = self.on_end = None
        self.dialplan = self.turned = True
        if self.answered:
            self.put("endpoint_disposition", "ANSWER")
        self.put_all(self.late_variables)
        self.put("pre_transfer_caller_id_number", self.caller_number)
        self.put("channel_cid_flipped", "yes")
        self.put("call_uuid", self.uuid)
        self.state, self.state_number = "CS_EXECUTE", "10" if self.hung_up else "4"
        told()

    def _refused(self, status: int, q850: int) -> None:
        if self.hung_up or self.answered:
            return
        cause = causes.of_sip(status, q850)
        if status == 302:
            cause = "REQUESTED_CHAN_UNAVAIL"
            self.put("sip_call_id", sofia.call_id(self.uuid))
            self.put_all(sofia.network())
            self.put("proto_specific_hangup_cause", "sip:302")
        else:
            if not self.progress_us and not self.early_us:
                self.put("sip_call_id", sofia.call_id(self.uuid))
            self.put_all(sofia.network())
            self.put_all(sofia.refused(status, causes.phrase(status), causes.q850(cause)))
        self.hangup(cause, at_once=True)

    def _left(self) -> None:
        if not self.hung_up and self.answered:
            if self.sip:
                self.put_all(sofia.left(16))
            self.hangup("NORMAL_CLEARING", at_once=True)
        elif not self.hung_up and self.inbound:
            self.put("sip_hangup_disposition", "recv_cancel")
            self.hangup("ORIGINATOR_CANCEL", at_once=True)

    # -- the end ----------------------------------------------------------------------------------------------

    def kill(self, cause: str) -> None:
        """End the leg by a command; one that is stuck (population.Plan) takes it and stays for a while."""
        if self.answered and self.far is not None and self.far.stuck_s:
            self.core.clock.later(self.far.stuck_s, self.hangup, cause)
        else:
            self.hangup(cause)

    def hangup(self, cause: str, *, at_once: bool = False) -> None:
        """End the leg.  at_once: the rest follows CHANNEL_HANGUP directly (BYE, sendmsg), else a packet later."""
        if self.hung_up:
            return
        self.hung_up = True
        self.core.live_count -= 1
        for timer in self._limits:
            timer.cancel()
        self._limits.clear()
        self.cause = cause
        self.ended_us = self.core.clock.now_us()
        self.state_number = "10"
        self.answer_state = "hangup"
        if self.far is not None:
            self.far.gone()
        self.fire("CHANNEL_HANGUP")
        if self.get("sip_term_status") == "200":
            self.put_all(sofia.after_bye())
        if at_once:
            self._wind_down()
        else:
            self.core.clock.later(TICK_S, self._wind_down)

    def _wind_down(self) -> None:
        self.executor.wind_down()
        if self.bridge is not None:
            self.bridge.left(self)
        hook = (self.get("api_hangup_hook") or "").split()
        if len(hook) == 2 and hook[0] == "msleep" and hook[1].isdigit():
            self.core.clock.later(int(hook[1]) / 1000, self._report)
        else:
            self._report()

    def _report(self) -> None:
        core = self.core
        for path in list(self.recorded):
            end_whole(self, path)
        self.enter_state("CS_HANGUP", "10")
        self.enter_call_state("HANGUP")
        self.enter_state("CS_REPORTING", "11")
        self.put_all(headers.accounts(self))
        # before anybody is told, so that the ledger is never behind what a client knows
        core.ledger.write(
            "ended",
            self.ended_us,
            self.uuid,
            number=self.person,
            cause=self.cause,
            answered=self.answered,
            keys=self.keys,
        )
        self.fire("CHANNEL_HANGUP_COMPLETE", first={"Hangup-Cause": self.cause})
        if (told := self.on_end) is not None:
            self.on_end = self.on_up = None
            told(self.cause)
        if not self.inbound:
            core.missed(self)
        self.state_number = "12"
        self.fire("CHANNEL_DESTROY")
        self.enter_state("CS_DESTROY", "12")
        if core.channels.get(self.uuid) is self:
            del core.channels[self.uuid]
