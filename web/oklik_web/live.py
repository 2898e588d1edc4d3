"""Everybody who watches a campaign is told the same: one reader a campaign, however many watch.

The reader is a thread (a greenlet in the web process); it begins with the first watcher and ends after the last one.
It looks again after a second, or after ten times as long as the look took; what is counted anew at a look, and what is
kept, is the business of kept.py.  Only the database is asked, never a dialer.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

from sqlalchemy.exc import NoResultFound, SQLAlchemyError

from oklik.campaigns.versions import VersionUnreadable

log = logging.getLogger(__name__)

EVERY_S = 1.0
SHARE = 10.0
ALIVE_S = 15.0  # a comment is sent so often where nothing changes, so that gone watchers are noticed
LANGUAGES = ("ru", "en")

Look = Callable[[int], Callable[[str], dict[str, Any]]]
"""Reads a campaign and gives what makes the JSON value in a language.  Raises NoResultFound, VersionUnreadable."""


class Hub:
    """All topics of an application."""

    def __init__(self, look: Look, every_s: float = EVERY_S) -> None:
        self._look, self._every_s = look, every_s
        self._topics: dict[int, _Topic] = {}
        self._lock = threading.Lock()
        self.looks = 0  # how often the database was read

    def watch(self, campaign_id: int, language: str) -> Generator[str]:
        """Give server-sent events, the first one at once, for as long as the caller wants them."""
        topic = self._join(campaign_id)
        seen = 0
        try:
            while True:
                number, told = topic.next(seen, language)
                if told is None:
                    return
                yield f"id: {number}\ndata: {told}\n\n" if number != seen else ": -\n\n"
                seen = number
        finally:
            self._leave(topic)

    def watchers(self, campaign_id: int) -> int:
        """Say how many watch a campaign."""
        with self._lock:
            topic = self._topics.get(campaign_id)
            return 0 if topic is None else topic.watchers

    def _join(self, campaign_id: int) -> "_Topic":
        with self._lock:
            topic = self._topics.get(campaign_id)
            if topic is None:
                topic = self._topics[campaign_id] = _Topic(campaign_id)
                threading.Thread(target=self._read, args=(topic,), name=f"live {campaign_id}", daemon=True).start()
            topic.watchers += 1
            return topic

    def _leave(self, topic: "_Topic") -> None:
        with self._lock:
            topic.watchers -= 1

    def _read(self, topic: "_Topic") -> None:
        try:
            while True:
                began = time.monotonic()
                try:
                    told = self._look(topic.campaign_id)
                    topic.tell({language: json.dumps(told(language), ensure_ascii=False) for language in LANGUAGES})
                except (NoResultFound, VersionUnreadable):
                    return
                except SQLAlchemyError as error:
                    log.warning("a campaign cannot be watched now: %s", type(error).__name__)
                self.looks += 1
                time.sleep(max(self._every_s, SHARE * (time.monotonic() - began)))
                with self._lock:
                    if not topic.watchers:
                        self._topics.pop(topic.campaign_id, None)
                        return
        finally:
            with self._lock:
                if self._topics.get(topic.campaign_id) is topic:
                    del self._topics[topic.campaign_id]
            topic.end()


class _Topic:
    """What was read last of one campaign."""

    def __init__(self, campaign_id: int) -> None:
        self.campaign_id, self.watchers = campaign_id, 0
        self._changed = threading.Condition()
        self._number, self._told, self._over = 0, {}, False  # type: int, dict[str, str], bool

    def tell(self, told: dict[str, str]) -> None:
        with self._changed:
            if told != self._told:
                self._told, self._number = told, self._number + 1
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def next(self, seen: int, language: str) -> tuple[int, str | None]:
        """Wait for something newer than was seen, or ALIVE_S; None: there is no such campaign any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._number > seen or self._over, timeout=ALIVE_S)
            if self._over and self._number <= seen:
                return seen, None
            return self._number, self._told.get(language, "")
