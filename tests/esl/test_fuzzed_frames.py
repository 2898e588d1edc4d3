"""The event socket's stream, cut anywhere and damaged in every way; at full length: make fuzz."""

import tracemalloc

import pytest

from fuzz import frames
from oklik.esl import framing


def test_any_pieces_and_any_damage() -> None:
    fuzz, broken = frames.hunt(30, framing, frames=150_000)
    assert broken is None
    assert fuzz.lost > 1000  # else nothing was damaged


@pytest.mark.parametrize("name", frames.MUTANTS)
def test_a_rule_that_is_missing_is_found(name: str) -> None:
    _, broken = frames.hunt(31, frames.without(name), seconds=60.0)
    assert broken is not None


def test_memory_is_bounded() -> None:
    """An endless head is given up after 64 KiB, a body is held once and a little more while it is put together."""
    tracemalloc.start()
    try:
        framer = framing.Framer()
        with pytest.raises(framing.FramingLost):
            while True:
                framer.feed(b"X-Header: " + b"y" * 1000 + b"\n")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
        framer = framing.Framer()
        framer.feed(b"Content-Type: api/response\nContent-Length: %d\n\n" % framing.MAX_BODY)
        for _ in range(framing.MAX_BODY // 65536 - 1):
            assert framer.feed(b"z" * 65536) == []
        assert len(framer.feed(b"z" * 65536)) == 1
        assert tracemalloc.get_traced_memory()[1] < 4 * framing.MAX_BODY
    finally:
        tracemalloc.stop()
