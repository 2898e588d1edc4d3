"""What switchio 0.1.0a1 (of 2017) needs of Python and newer ones no longer have.  To be imported before it.

Nothing of switchio is changed: asyncio gets its removed names back, and takes the removed `loop=` where it is meant.
"""

import asyncio
import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

import uvloop  # it keeps the task of asyncio as it is, so that no call pays for ours

assert uvloop


def _without_loop(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with a parameter `loop` that is ignored: what it is called for runs in that loop already."""

    @functools.wraps(function)
    def call(*arguments: Any, loop: object = None, **named: Any) -> Any:
        del loop
        return function(*arguments, **named)

    return call


def _queue(*arguments: Any, loop: object = None, **named: Any) -> Any:
    del loop
    return _QUEUE(*arguments, **named)


_QUEUE = asyncio.Queue
for _owner, _name, _value in (
    (asyncio, "coroutine", types.coroutine),
    (asyncio, "Queue", _queue),
    (asyncio, "wait", _without_loop(asyncio.wait)),
    (asyncio, "wait_for", _without_loop(asyncio.wait_for)),
    (inspect, "getargspec", lambda function: inspect.getfullargspec(function)[:4]),
):
    setattr(_owner, _name, _value)


class _Task(asyncio.Task):  # type: ignore[type-arg]
    """With the class methods that became functions of the module; nobody makes one."""

    all_tasks = staticmethod(asyncio.all_tasks)
    current_task = staticmethod(asyncio.current_task)


asyncio.Task = _Task  # type: ignore[misc]
