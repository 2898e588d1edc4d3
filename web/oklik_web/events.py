"""Server-sent events: what many watch is read once for all of them.

    hub = hub_of("imports", lambda: Hub(read, gone=NoSuchImport))
    for state in hub.watch(7): yield event("state", ...)

One reader a topic looks again and again while somebody watches (a thread; a greenlet in the web process).  It asks the
database, never a dialer.  A watcher gets what there is at once, then the newest state after each change, however slow
they are to take it; now and then None, for a comment by which one who is gone is noticed.
"""

import logging
import threading
import time
from collections.abc import Callable, Generator, Hashable
from typing import Any, Generic, TypeVar

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

EVENT_STREAM = "text/event-stream"
EVERY_S = 0.5
QUIET_S = 15.0
SILENCE = ": still here\n\n"

Key = TypeVar("Key", bound=Hashable)
State = TypeVar("State")


def event(data: str, name: str = "message") -> str:
    """An event as it goes over the line.  data: without a carriage return; name: that of events without a name."""
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"{lines}\n" if name == "message" else f"event: {name}\n{lines}\n"


class Hub(Generic[Key, State]):
    """All topics of a kind.

    read: gives the state of a topic; needs no request.  gone: what it raises where there is no such topic (any more),
    which ends the watching; where the database fails it is asked again.  every_s: between looks; share: or so many
    times as long as a look took, where that is more.
    """

    def __init__(
        self,
        read: Callable[[Key], State],
        *,
        gone: type[Exception] | tuple[type[Exception], ...],
        every_s: float = EVERY_S,
        share: float = 0.0,
    ) -> None:
        self._look, self._gone, self._every_s, self._share = read, gone, every_s, share
        self._topics: dict[Key, _Topic[State]] = {}
        self._lock = threading.Lock()

    def watch(self, key: Key) -> Generator[State | None]:
        """Give the state of a topic, and again when it has changed; None when all is quiet."""
        topic = self._join(key)
        seen = 0
        try:
            while (found := topic.next(seen)) is not None:
                number, state = found
                yield None if number == seen else state
                seen = number
        finally:
            self._leave(topic)

    def watchers(self, key: Key) -> int:
        """Say how many watch a topic."""
        with self._lock:
            topic = self._topics.get(key)
            return 0 if topic is None else topic.watchers

    def _join(self, key: Key) -> "_Topic[State]":
        with self._lock:
            topic = self._topics.get(key)
            if topic is None:
                topic = self._topics[key] = _Topic()
                threading.Thread(target=self._read, args=(key, topic), name=f"watch {key}", daemon=True).start()
            topic.watchers += 1
            return topic

    def _leave(self, topic: "_Topic[State]") -> None:
        with self._lock:
            topic.watchers -= 1

    def _read(self, key: Key, topic: "_Topic[State]") -> None:
        try:
            while True:
                began = time.monotonic()
                try:
                    topic.tell(self._look(key))
                except self._gone:
                    return
                except SQLAlchemyError as error:
                    log.warning("%s cannot be watched now: %s", key, type(error).__name__)
                time.sleep(max(self._every_s, self._share * (time.monotonic() - began)))
                with self._lock:
                    if not topic.watchers:
                        self._topics.pop(key, None)
                        return
        finally:
            with self._lock:
                if self._topics.get(key) is topic:
                    del self._topics[key]
            topic.end()


class _Topic(Generic[State]):
    """What was read last.  watchers: kept by the hub."""

    def __init__(self) -> None:
        self.watchers = 0
        self._changed = threading.Condition()
        self._number, self._over = 0, False
        self._state: State | None = None

    def tell(self, state: State) -> None:
        with self._changed:
            if not self._number or state != self._state:
                self._state, self._number = state, self._number + 1
                self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def next(self, seen: int) -> tuple[int, State] | None:
        """Wait for something newer than was seen, or QUIET_S; None: nothing more will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._number > seen or self._over, timeout=QUIET_S)
            if self._over and self._number <= seen:
                return None
            return self._number, self._state  # type: ignore[return-value]  # told by the time that there is a number


def hub_of(name: str, make: Callable[[], Hub[Any, Any]]) -> Hub[Any, Any]:
    """The application's own hub of a kind, made when the first one watches.  Call it in a request."""
    found: Hub[Any, Any] | None = current_app.extensions.get(f"oklik_hub_{name}")
    if found is None:
        found = current_app.extensions[f"oklik_hub_{name}"] = make()
    return found
