"""What keeps the switch from dialing a UUID twice: our script there, or, where it cannot be run, what we do from here.

Both keep the same keys in the switch's own memory (mod_hash), so each honours what the other has written, and a switch
may get the script, or lose it, between two connections.  Which of them it is, is found out at each connection.

The script (`Guarded`) enters a UUID and dials it in one breath, behind a comparison of epochs.  Without it (`Plain`)
these are commands of their own: the claim, whose answer is awaited, then the originate.  A claim succeeds once for
ever, so a UUID is still dialed at most once.  Lost is the certainty about a dialer that died: a UUID that it claimed
may have been dialed or not, so it counts as a call.  One that it has not claimed is barred, as ever.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from oklik.esl import commands
from oklik.telephony import port
from oklik.telephony.freeswitch import inquiry, outcome
from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.freeswitch.connection import Link, OnReply, Reply
from oklik.telephony.port import STALE_EPOCH, SwitchError, SwitchLost, SwitchRefused

log = logging.getLogger("oklik.telephony")

CLAIM_S = 3.0  # a claim that is answered later is not used: who slept that long may have been replaced
_TRIES = 20  # owners may come at the same moment
WITHOUT_SCRIPT = (
    f"without the script {commands.GUARD} (freeswitch-conf/scripts, mod_lua): calls whose dialer died count as made, "
    "and nobody who calls back is answered, no answer by voice is recorded"
)


class Replaced(SwitchRefused):
    """Another dialer with a newer epoch has taken the node over."""


class Guard(Protocol):
    """One of the two, on one connection.  Commands are sent in the order of the calls."""

    whole: bool
    """The script is there: the switch can swear what was never dialed, and calls to us can be taken."""

    def send(self, call: FsCall, dial: port.Dial, on_taken: Callable[[], None]) -> None:
        """Have a call placed, and end it if it is refused.  on_taken as in port.Switch.originate.

        Raises BadField, SwitchLost: then nothing was sent.
        """

    def answered(self, call: FsCall) -> None:
        """The person has answered: see to it that the switch ends the call in its time."""

    def bar(self, uuids: Sequence[str]) -> dict[str, str]:
        """Each as barred (never dialed, and never will be) or dialed (or claimed by who may have dialed it)."""

    def take(self, uuid: str, max_s: int, on_reply: OnReply) -> None:
        """Have a call to us made ours.  Raises BadField, SwitchError."""

    def can_write(self, path: str) -> bool:
        """See port.Switch."""

    def purge(self) -> None:
        """Have old keys forgotten."""


class Guarded:
    """The script does it."""

    whole = True

    def __init__(self, link: Link, node: str, epoch: int) -> None:
        self._link, self._node, self._epoch = link, node, epoch

    def send(self, call: FsCall, dial: port.Dial, on_taken: Callable[[], None]) -> None:
        """See Guard."""
        command = _build(commands.dial, dial, self._node, self._epoch)
        self._link.request(command, _taken(call, on_taken))

    def answered(self, call: FsCall) -> None:
        """See Guard: the script has seen to it."""

    def bar(self, uuids: Sequence[str]) -> dict[str, str]:
        """See Guard."""
        return inquiry.bar(self._link, uuids)

    def take(self, uuid: str, max_s: int, on_reply: OnReply) -> None:
        """See Guard."""
        self._link.request(commands.take(uuid, epoch=self._epoch, node=self._node, max_s=max_s), on_reply)

    def can_write(self, path: str) -> bool:
        """See Guard."""
        try:
            reply = self._link.ask(commands.can_write(path))
        except commands.BadField as error:
            raise SwitchError(f"the switch cannot be told of {path}: {error}") from error
        if reply.text.startswith("+OK"):
            return True
        if "OKLIK_NOT_WRITABLE" in reply.text:
            return False
        raise SwitchError(f"the guard script {commands.GUARD} is older than this dialer: {reply.line}")

    def purge(self) -> None:
        """See Guard."""
        self._link.ask(commands.purge())


class Plain:
    """We do it, by commands that every FreeSWITCH with mod_hash has."""

    whole = False

    def __init__(self, link: Link, node: str, epoch: int) -> None:
        self._link, self._node, self._epoch = link, node, epoch

    def register(self) -> None:
        """Become the node's owner at the switch, by compare-and-set.  Raises Replaced, SwitchRefused."""
        for _ in range(_TRIES):
            current = _epoch_of(self._link.ask(commands.owner(self._node)))
            if current is not None and current > self._epoch:
                break
            if current == self._epoch:
                return
            if current is not None:
                self._link.ask(commands.disown(self._node, current))
            reply = self._link.ask(commands.own(self._node, self._epoch))
            if reply.text.startswith("+OK"):
                return
            if not _is_there(reply):
                raise SwitchRefused(
                    f"the switch at {self._link.where} has neither the guard script {commands.GUARD} (mod_lua) nor "
                    f"mod_hash: {reply.line}",
                    "guard",
                )
        raise Replaced(f"node {self._node} at {self._link.where} has a newer dialer than this one")

    def send(self, call: FsCall, dial: port.Dial, on_taken: Callable[[], None]) -> None:
        """See Guard: claim, and look for a newer owner, in one packet; when both are answered well, dial."""
        command = _build(commands.originate, dial, self._node, self._epoch)
        asked = time.monotonic()
        claims: list[Reply | SwitchError] = []

        def answered(owner: Reply | SwitchError) -> None:
            refusal = self._refusal(claims[0], owner)
            if not refusal and (call.asked or time.monotonic() - asked > CLAIM_S):
                refusal = outcome.NOT_SENT  # nobody wants it any more, or nobody knows whether it is still ours
            if not refusal:
                try:
                    self._link.request(command, _taken(call, on_taken))
                except SwitchLost:
                    refusal = outcome.NOT_SENT
            if refusal:
                on_taken()
                call.finish(outcome.refused(refusal))

        self._link.request(commands.claim(dial.uuid, int(time.time())), claims.append)
        self._link.request(commands.owner(self._node), answered)

    def _refusal(self, claim: Reply | SwitchError, owner: Reply | SwitchError) -> str:
        """Why the claimed call must not be sent; "" where it may."""
        if not isinstance(claim, Reply) or not isinstance(owner, Reply):
            return outcome.NOT_SENT  # cut off; the claim may have arrived, the originate was never sent
        if _is_there(claim):
            return outcome.DUPLICATE
        if not claim.text.startswith("+OK"):
            return outcome.COMMAND_REFUSED
        epoch = _epoch_of(owner)
        return STALE_EPOCH if epoch is None or epoch > self._epoch else ""

    def answered(self, call: FsCall) -> None:
        """See Guard.  Until this has arrived the dead-man and our own audit see to it."""
        with contextlib.suppress(SwitchLost):
            self._link.request(commands.limit(call.uuid, call.max_s))

    def bar(self, uuids: Sequence[str]) -> dict[str, str]:
        """See Guard."""
        now = int(time.time())
        verdicts: dict[str, str] = {}
        entered: list[str] = []
        barred = inquiry.each(self._link, uuids, lambda uuid: commands.tombstone(uuid, now))
        for uuid, reply in zip(uuids, barred, strict=True):
            if reply.text.startswith("+OK"):
                verdicts[uuid] = "barred"
            elif _is_there(reply):
                entered.append(uuid)
        for uuid, reply in zip(entered, inquiry.each(self._link, entered, commands.entered), strict=True):
            verdicts[uuid] = "barred" if reply.text.startswith("b") else "dialed"
        return verdicts

    def take(self, uuid: str, max_s: int, on_reply: OnReply) -> None:  # noqa: ARG002  as Guard has it
        """See Guard: a call would be nobody's between two commands of ours, so none is taken."""
        raise SwitchError(f"call {uuid} was not taken: the switch at {self._link.where} is {WITHOUT_SCRIPT}")

    def can_write(self, path: str) -> bool:
        """See Guard: no command of the switch makes a file."""
        raise SwitchError(f"whether {path} can be recorded cannot be known: {self._link.where} is {WITHOUT_SCRIPT}")

    def purge(self) -> None:
        """See Guard: the whole store would have to come over the wire, so keys stay until the switch is restarted."""


def register(link: Link, node: str, epoch: int, *, script: Reply | None) -> Guard:
    """Find out which it is, and become the node's owner there.

    script: the reply to commands.epoch; None: behave as if there were no script.  Raises Replaced, SwitchRefused (its
    reason: guard), SwitchLost, WaitTimeout.
    """
    if script is None or outcome.no_script(script.text):
        plain = Plain(link, node, epoch)
        plain.register()
        log.warning("the switch at %s is %s", link.where, WITHOUT_SCRIPT)
        return plain
    if STALE_EPOCH in script.text:
        raise Replaced(f"node {node} at {link.where} has a newer dialer than this one")
    if not script.text.startswith("+OK"):
        raise SwitchRefused(
            f"the guard script {commands.GUARD} does not work at {link.where}: {script.line} (mod_hash loaded?)",
            "guard",
        )
    return Guarded(link, node, epoch)


def _build(builder: Callable[..., bytes], dial: port.Dial, node: str, epoch: int) -> bytes:
    return builder(
        dial.uuid,
        epoch=epoch,
        node=node,
        ring_s=dial.ring_s,
        max_s=dial.max_s,
        caller_id=dial.caller_id,
        endpoint=dial.endpoint,
        every_key=dial.every_key,
    )


def _taken(call: FsCall, on_taken: Callable[[], None]) -> OnReply:
    def taken(reply: Reply | SwitchError) -> None:
        on_taken()
        if isinstance(reply, Reply) and not reply.ok:
            call.finish(outcome.refused(outcome.COMMAND_REFUSED))

    return taken


def _is_there(reply: Reply) -> bool:
    return "key already exists" in reply.text


def _epoch_of(reply: Reply) -> int | None:
    text = reply.text.strip()
    return int(text) if text.isascii() and text.isdigit() else None
