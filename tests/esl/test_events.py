"""Events: the wanted fields and no others, from clean and from hostile bodies."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oklik.esl import events
from support import transcripts

FIELDS = {field.encode_name: field.name for field in events.msgspec.structs.fields(events.Event)}
RECORDED = [pair for name in transcripts.NAMES for pair in transcripts.json_events(name)]


def test_recorded_events_have_the_same_values_as_a_full_decode() -> None:
    assert len(RECORDED) > 20
    for body, whole in RECORDED:
        event = events.decode(body)
        for header, name in FIELDS.items():
            assert getattr(event, name) == whole.get(header, "")


def test_both_decodings_agree() -> None:
    for body, _ in RECORDED:
        assert events.msgspec.convert(events.lenient(body), events.Event) == events.decode(body)


def test_plain_events_split_before_they_decode() -> None:
    fields, inner = events.decode_plain(
        b"Event-Name: CHANNEL_HANGUP_COMPLETE\nvariable_sip_user_agent: x%0AUnique-ID: forged%0A\nUnique-ID: true\n"
        b"Unique-ID: second\n\n+OK body\n"
    )
    assert fields["Unique-ID"] == "true"
    assert fields["variable_sip_user_agent"] == "x\nUnique-ID: forged\n"
    assert inner == b"+OK body\n"


def test_a_literal_percent_0a_stays_what_it_is() -> None:
    event = events.decode(b'{"Event-Name":"CHANNEL_PARK","Unique-ID":"a%0AHangup-Cause: X"}')
    assert event.uuid == "a%0AHangup-Cause: X"
    assert event.hangup_cause == ""


def test_bytes_that_are_not_utf8() -> None:
    event = events.decode(b'{"Event-Name":"CHANNEL_PARK","Unique-ID":"a\xff","variable_x":"\xfe\xff"}')
    assert event.name == "CHANNEL_PARK"
    assert event.uuid == "a�"


def test_a_list_or_null_where_a_text_belongs() -> None:
    event = events.decode(b'{"Event-Name":"CHANNEL_PARK","Unique-ID":["a","b"],"Hangup-Cause":null}')
    assert event.uuid == '["a", "b"]'


def test_a_header_twice_keeps_the_last() -> None:
    assert events.decode(b'{"Hangup-Cause":"A","Hangup-Cause":"B"}').hangup_cause == "B"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b'"x"', b"\xff", b"[" * 100_000])
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(events.BadEvent):
        events.decode(body)


def test_an_answer_is_read_from_its_own_variable() -> None:
    body = json.dumps(
        {"variable_okq1": "old", "variable_okq2_invalid": "9", "variable_read_result": "success"}
    ).encode()
    assert events.decode_answer(body, "okq2") == events.Answer("", "9", "success")
    assert events.decode_answer(body, "okq1") == events.Answer("old", "", "success")
    assert events.decode_answer(body, "okq3") == events.Answer("", "", "success")
    assert events.decode_answer(b'{"variable_okq1":"1","x":"\xff"}', "okq1").keys == "1"


@given(st.binary(max_size=300) | st.sampled_from(RECORDED).map(lambda pair: pair[0]), st.data())
@settings(max_examples=300, deadline=None)
def test_damaged_bodies_never_crash(body: bytes, data: st.DataObject) -> None:
    damaged = bytearray(body)
    for _ in range(data.draw(st.integers(0, 5))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        event = events.decode(bytes(damaged))
        events.decode_answer(bytes(damaged), "okq1")
    except events.BadEvent:
        return
    assert all(isinstance(getattr(event, name), str) for name in FIELDS.values())
