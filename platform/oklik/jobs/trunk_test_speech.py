"""Makes what a test call of a trunk says; the dialer waits for it."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from oklik.campaigns import trunk_test_says, trunk_tests
from oklik.speech.prompts import PromptStore

log = logging.getLogger(__name__)


def speak_trunk_test(engine: Engine, test_id: int, open_store: Callable[[Mapping[str, Any]], PromptStore]) -> None:
    """Make the speech of one test, or say that it cannot be made."""
    with engine.connect() as conn:
        wanted = trunk_tests.unspoken(conn, test_id)
    if wanted is None:
        return
    language, voice = wanted
    store = open_store(voice)
    try:
        failed = store.render(trunk_test_says.every(language))
    finally:
        store.close()
    fault = next((f"no_speech: {one}" for one in failed.values()), None)
    if fault is not None:
        log.error("test call %s of a trunk: %s", test_id, fault)
    with engine.begin() as conn:
        trunk_tests.spoken(conn, test_id, datetime.now(UTC), fault)
