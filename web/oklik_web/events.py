"""Server-sent events: what many watch is read once for all of them.

    for state in watch(("topic", 7), read): yield event("state", ...)

One greenlet a topic reads the database again and again while somebody watches, and never asks the dialer.  A watcher
gets what there is at once, then each change; now and then None, for a comment by which one who is gone is noticed.
"""

import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import gevent
from flask import current_app
from gevent.event import Event

EVENT_STREAM = "text/event-stream"
EVERY_S = 0.5
QUIET_S = 15.0
SILENCE = ": still here\n\n"
_TOPICS = "oklik_topics"

State = TypeVar("State")


@dataclass
class _Topic:
    """What is watched.  known: it was read; over: reading it has ended with an error."""

    watchers: int = 0
    state: Any = None
    known: bool = False
    over: bool = False
    news: Event = field(default_factory=Event)


def event(name: str, data: str) -> str:
    """An event as it goes over the line.  data: without a carriage return."""
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"event: {name}\n{lines}\n"


def watch(key: Hashable, read: Callable[[], State]) -> Iterator[State | None]:
    """Give the state of a topic, and again when it has changed; None when all is quiet.

    read: needs no request; of all who watch the topic the first one's is used.  Call it in a request.
    """
    topics: dict[Hashable, _Topic] = current_app.extensions.setdefault(_TOPICS, {})
    topic = topics.get(key)
    if topic is None:
        topic = topics[key] = _Topic()
        gevent.spawn(_follow, topics, key, topic, read)
    return _watched(topic)


def _watched(topic: _Topic) -> Iterator[Any]:
    topic.watchers += 1
    told: list[Any] = []
    quiet_since = time.monotonic()
    try:
        while not topic.over:
            news = topic.news
            if topic.known and told != [topic.state]:
                told = [topic.state]
                quiet_since = time.monotonic()
                yield topic.state
            elif not news.wait(QUIET_S) or time.monotonic() - quiet_since >= QUIET_S:
                quiet_since = time.monotonic()
                yield None
    finally:
        topic.watchers -= 1


def _follow(topics: dict[Hashable, _Topic], key: Hashable, topic: _Topic, read: Callable[[], Any]) -> None:
    """Read while somebody watches."""
    try:
        while topic.watchers or not topic.known:
            found = read()
            if not topic.known or found != topic.state:
                topic.state, topic.known = found, True
                news, topic.news = topic.news, Event()
                news.set()
            gevent.sleep(EVERY_S)
    finally:
        topic.over = True
        topic.news.set()
        if topics.get(key) is topic:
            del topics[key]
