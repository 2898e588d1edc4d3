"""How that which comes from beyond a call is written in the keys of a simulated one, and read from there.

`!ok` is the usual answer of a request, `!ok:balance=0,status=closed` one with these values, `!ok:` one without any, and
`!failed` none; a plug-in's function has its own exits in the place of ok.  Blanks, commas and percent signs in a value
are written as in an address (%20).
"""

from collections.abc import Iterable
from urllib.parse import quote, unquote

from oklik.scenario.flow import Event, Hook, HookEnded, Request, Responded
from oklik.scenario.kinds.base import NodeBase

FAILED = "!failed"


def word(event: Responded | HookEnded) -> str:
    """The event as it is written."""
    if not event.ok:
        return FAILED
    exit_name = event.exit if isinstance(event, HookEnded) else "ok"
    listed = ",".join(f"{name}={quote(value, safe='')}" for name, value in event.values.items())
    return f"!{exit_name}:{listed}"


def meant(item: str, asked: Request | Hook, node: NodeBase) -> Event | None:
    """The event that an input stands for; None when it is meant for something else.

    Raises ValueError for values that the node does not ask for.
    """
    if item == FAILED:
        return node.trials({})[-1]
    name, colon, listed = item.removeprefix("!").partition(":")
    usual = next((event for event in node.trials({}) if _exit(event) == name), None)
    if not item.startswith("!") or not isinstance(usual, Responded | HookEnded):
        return None
    pairs = dict(pair.partition("=")[::2] for pair in listed.split(",") if pair)
    strange = sorted(pairs.keys() - asked.wanted.keys())
    if strange:
        raise ValueError(", ".join(strange))
    values = {name: unquote(value) for name, value in pairs.items()}
    given = usual.values | values if values or not colon else {}
    if isinstance(usual, HookEnded):
        return HookEnded(ok=True, exit=usual.exit, values=given)
    return Responded(ok=True, values=given, status=usual.status)


def possible(item: str, nodes: Iterable[NodeBase]) -> bool:
    """Whether an input may be meant for one of these nodes."""
    name = item.removeprefix("!").partition(":")[0]
    return item.startswith("!") and any(_exit(event) == name for node in nodes for event in node.trials({}))


def _exit(event: Event) -> str | None:
    if isinstance(event, HookEnded):
        return event.exit if event.ok else None
    return "ok" if isinstance(event, Responded) and event.ok else None
