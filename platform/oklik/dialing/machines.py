"""Answering machines and false answers: what a campaign does about them, and how its signs are read.

Nothing here guesses.  There are three signs, each with a threshold that the campaign sets and the report shows: a key
was pressed (a human), the switch heard a machine's beep, nobody pressed a key where one was asked for.  How often the
beep was heard on calls in which a key was pressed is the detector's measured error (`false_alarms`).
"""

import math
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError


class OnBeep(StrEnum):
    """What is done when the switch hears the beep of an answering machine before any key was pressed."""

    IGNORE = "ignore"  # the switch does not even listen
    NOTE = "note"  # kept with the call, which goes on: to measure before one acts
    HANG_UP = "hang_up"
    LEAVE_MESSAGE = "leave_message"  # the scenario's message from its beginning, then hang up


class MachinePolicy(BaseModel):
    """A campaign's way with machines, and its thresholds.

    on_beep: see OnBeep.  listen_s: for so long after the answer the switch listens.  key_gate: who was asked for a key
    and pressed none is taken for a machine.  false_answer_s: an answer that ends within this time, without a key or a
    word heard, is the line's false answer and no talk.  early_unreachable: who never rang, but was announced something
    before the answer until our ring time was over, was unreachable and not just away.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    on_beep: OnBeep = OnBeep.IGNORE
    listen_s: Annotated[int, Field(ge=3, le=120)] = 45
    key_gate: bool = False
    false_answer_s: Annotated[float, Field(ge=0, le=5)] = 1.0
    early_unreachable: bool = False

    @property
    def listens(self) -> bool:
        """Whether the switch has to listen for beeps."""
        return self.on_beep is not OnBeep.IGNORE

    @classmethod
    def from_json(cls, value: Any) -> "MachinePolicy":
        """Read a policy from JSON values; None is the default.  Raises ValueError with one clear line."""
        try:
            return cls.model_validate({} if value is None else value)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "policy"
            raise ValueError(f"machines {where}: {first['msg']}") from error

    @classmethod
    def parse(cls, text: str) -> "MachinePolicy":
        """Read `hang_up`, or `on_beep=leave_message, key_gate=yes, listen_s=30`.

        Raises ValueError naming the place.
        """
        given: dict[str, str] = {}
        for part in text.split(","):
            name, equals, value = (piece.strip() for piece in part.partition("="))
            if not equals:
                name, value = "on_beep", name
            if name in given:
                raise ValueError(f"machines {name}: given twice")
            given[name] = value.replace("-", "_") if name == "on_beep" else value
        return cls.from_json(given)

    def to_json(self) -> dict[str, Any]:
        """Give JSON values."""
        return self.model_dump(mode="json")


DEFAULT = MachinePolicy()


class Signs(msgspec.Struct, frozen=True, kw_only=True):
    """What a call showed of who was at the phone.

    early: sound came before the answer.  rang: the far end said that it rings.  asked: keys were asked for.
    key_s: seconds from the answer to the first key, beep_s: to the first beep that was heard; None: none came.
    """

    early: bool = False
    rang: bool = False
    asked: bool = False
    key_s: float | None = None
    beep_s: float | None = None

    @property
    def beeped(self) -> bool:
        """The beep came, and no key before it: a human who has pressed one has no beep."""
        return self.beep_s is not None and (self.key_s is None or self.beep_s < self.key_s)


NO_SIGNS = Signs()


def is_machine(signs: Signs, policy: MachinePolicy) -> bool:
    """Say whether an answered call was taken by a machine, by the signs the campaign goes by."""
    if signs.beeped and policy.on_beep in {OnBeep.HANG_UP, OnBeep.LEAVE_MESSAGE}:
        return True
    return policy.key_gate and signs.asked and signs.key_s is None


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """A share that was counted: found out of all, with its 95 % interval by Wilson (1927), as fractions."""

    found: int
    all: int
    low: float
    high: float


_Z95 = 1.959964


def measured(found: int, out_of: int) -> Measured:
    """Count a share.  Raises ValueError for more found than there are."""
    if not 0 <= found <= out_of:
        raise ValueError(f"{found} out of {out_of}")
    if not out_of:
        return Measured(found=0, all=0, low=0.0, high=1.0)
    share, z2 = found / out_of, _Z95**2
    middle = share + z2 / (2 * out_of)
    spread = _Z95 * math.sqrt(share * (1 - share) / out_of + z2 / (4 * out_of**2))
    scale = 1 + z2 / out_of
    return Measured(
        found=found, all=out_of, low=max(0.0, (middle - spread) / scale), high=min(1.0, (middle + spread) / scale)
    )
