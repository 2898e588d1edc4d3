"""The framing against the recordings of a real switch, against forged and broken streams, and against hoarding."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oklik.esl import framing
from oklik.esl.framing import MAX_BODY, MAX_HEAD, Frame, Framer, FramingLost, Kind, decode_block
from support import transcripts

STREAMS = [(name, conn) for name in transcripts.NAMES for conn in transcripts.received(name)]
SMALL = [(name, conn) for name, conn in STREAMS if sum(map(len, transcripts.received(name)[conn])) < 20_000]


def expected(name: str, conn: str) -> list[tuple[bytes, bytes]]:
    parts = (frame.partition(b"\n\n") for frame in transcripts.received(name)[conn])
    return [(head, body) for head, _, body in parts]


def parts(frames: list[Frame]) -> list[tuple[bytes, bytes]]:
    return [(frame.head, frame.body) for frame in frames]


def in_pieces(stream: bytes, cuts: list[int]) -> list[Frame]:
    framer = Framer()
    frames: list[Frame] = []
    edges = [0, *sorted(cuts), len(stream)]
    for begin, end in itertools.pairwise(edges):
        frames += framer.feed(stream[begin:end])
    assert framer.held == 0
    return frames


@pytest.mark.parametrize(("name", "conn"), STREAMS)
def test_every_recorded_stream_splits_into_its_frames(name: str, conn: str) -> None:
    stream = b"".join(transcripts.received(name)[conn])
    wanted = expected(name, conn)
    assert parts(in_pieces(stream, [])) == wanted
    dice = random.Random(name + conn)
    for _ in range(3):
        cuts = [dice.randrange(len(stream) + 1) for _ in range(dice.randrange(1, 60))]
        assert parts(in_pieces(stream, cuts)) == wanted


@pytest.mark.parametrize(("name", "conn"), SMALL)
def test_one_byte_at_a_time(name: str, conn: str) -> None:
    stream = b"".join(transcripts.received(name)[conn])
    assert parts(in_pieces(stream, list(range(len(stream))))) == expected(name, conn)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_chunking(data: st.DataObject) -> None:
    name, conn = data.draw(st.sampled_from(SMALL))
    stream = b"".join(transcripts.received(name)[conn])
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=40))
    assert parts(in_pieces(stream, cuts)) == expected(name, conn)


def test_all_kinds_of_the_recordings_are_known() -> None:
    seen = set()
    for name, conn in STREAMS:
        seen |= {frame.kind for frame in in_pieces(b"".join(transcripts.received(name)[conn]), [])}
    assert seen == set(Kind)


def test_length_counts_bytes() -> None:
    body = "привет, мир".encode()
    frames = Framer().feed(
        b"Content-Type: api/response\nContent-Length: %d\n\n%bContent-Type: auth/request\n\n" % (len(body), body)
    )
    assert [(frame.kind, frame.text()) for frame in frames] == [(Kind.API, "привет, мир"), (Kind.AUTH, "")]


def test_an_encoded_newline_makes_no_header() -> None:
    frame = Framer().feed(b"Content-Type: command/reply\nReply-Text: +OK%0AHangup-Cause: FORGED%0A%0Aapi x\n\n")[0]
    assert frame.header("Hangup-Cause") == ""
    assert decode_block(frame.head)[1] == ("Reply-Text", "+OK\nHangup-Cause: FORGED\n\napi x")


def test_the_first_header_counts_in_any_case() -> None:
    frame = Framer().feed(b"content-type: command/reply\nReply-Text: +OK\nReply-Text: -ERR\n\n")[0]
    assert frame.kind is Kind.REPLY
    assert frame.header("reply-text") == "+OK"


def test_the_reply_text_is_found_by_either_way() -> None:
    for name, conn in STREAMS:
        for frame in in_pieces(b"".join(transcripts.received(name)[conn]), []):
            if frame.kind is Kind.REPLY:
                assert frame.reply_text() == frame.header("Reply-Text")
    turned = Framer().feed(b"Reply-Text: +OK x\nContent-Type: command/reply\n\n")[0]
    assert turned.reply_text() == "+OK x"


def test_a_reply_has_no_body_whatever_foreign_headers_say() -> None:
    frames = Framer().feed(
        b"Content-Type: command/reply\nReply-Text: -ERR x\nContent-Length: 5\n\nContent-Type: auth/request\n\n"
    )
    assert [frame.kind for frame in frames] == [Kind.REPLY, Kind.AUTH]


def test_bytes_that_are_not_utf8_are_replaced() -> None:
    frame = Framer().feed(b"Content-Type: api/response\nContent-Length: 3\nX: \xff\n\n\xfe\xffa")[0]
    assert frame.text() == "��a"
    assert frame.header("X") == "�"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: api/response\nContent-Length: -1",
        b"Content-Type: api/response\nContent-Length: 1e3",
        b"Content-Type: api/response\nContent-Length: 99999999",
        b"Content-Type: api/response\nContent-Length: 999999999999999999999",
        b"Content-Type: api/response\nContent-Length: \xd9\xa1",
        b"Content-Type: api/response",
        b"Content-Length: 16777217\nContent-Type: text/event-json",
        b"Content-Type: text/html\nContent-Length: 0",
        b"GET / HTTP/1.1",
    ],
)
def test_what_cannot_be_trusted_ends_the_stream(head: bytes) -> None:
    with pytest.raises(FramingLost):
        Framer().feed(head + b"\n\n")


def test_endless_headers_are_not_hoarded() -> None:
    framer = Framer()
    with pytest.raises(FramingLost):
        for _ in range(1000):
            framer.feed(b"X: " + b"a" * 1000 + b"\n")
    assert framer.held <= MAX_HEAD + 1100
    with pytest.raises(FramingLost):
        Framer().feed(b"X: " + b"a" * MAX_HEAD + b"\n\n")


def test_no_more_than_one_unfinished_frame_is_kept() -> None:
    framer = Framer()
    frame = b"Content-Length: 1000\nContent-Type: text/event-json\n\n" + b"x" * 1000
    for _ in range(50):
        assert len(framer.feed(frame * 20 + frame[:500])) == 20
        assert len(framer.feed(frame[500:])) == 1
        assert framer.held == 0
    assert MAX_BODY == 16 * 1024 * 1024


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_stream_gives_frames_or_is_refused(data: st.DataObject) -> None:
    name, conn = data.draw(st.sampled_from(SMALL))
    stream = bytearray(b"".join(transcripts.received(name)[conn])[:8000])
    for _ in range(data.draw(st.integers(1, 6))):
        position = data.draw(st.integers(0, max(0, len(stream) - 1)))
        how = data.draw(st.sampled_from(["flip", "drop", "insert", "cut"]))
        if how == "flip" and stream:
            stream[position] = data.draw(st.integers(0, 255))
        elif how == "drop":
            del stream[position : position + data.draw(st.integers(1, 40))]
        elif how == "insert":
            stream[position:position] = data.draw(st.binary(min_size=1, max_size=40))
        else:
            del stream[position:]
    framer = Framer()
    try:
        for begin in range(0, len(stream), 700):
            for frame in framer.feed(bytes(stream[begin : begin + 700])):
                frame.text()
                frame.header("Reply-Text")
    except FramingLost:
        return
    assert framer.held <= MAX_HEAD + MAX_BODY


def test_the_quick_way_and_the_thorough_way_agree() -> None:
    for name, conn in STREAMS:
        for head, body in expected(name, conn):
            if b"text/event-json" in head:
                assert framing._measure(head) == (Kind.JSON, len(body))
                turned = b"\n".join(reversed(head.split(b"\n")))
                assert framing._measure(turned) == (Kind.JSON, len(body))
