"""What a scenario needs beyond itself, as the core tells it; who compares it with the installation is outside."""

from collections.abc import Mapping
from typing import Literal

import msgspec


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an installation must have before a scenario can be called with.

    what: host (an address that may be asked: `https://name:port`), credential, hook.
    """

    what: Literal["host", "credential", "hook"]
    name: str


class HookShape(msgspec.Struct, frozen=True, kw_only=True):
    """A function of an installed plug-in, as its author declared it.

    arguments: by name, whether one may be left out.  answers: their types by name.
    """

    name: str
    exits: tuple[str, ...]
    arguments: Mapping[str, bool] = {}
    answers: Mapping[str, str] = {}
