"""The guard at the switch, spoken to directly: the Lua script of a real FreeSWITCH and its twin in the virtual one."""

import tempfile
from pathlib import Path
from uuid import uuid4

import pytest

from oklik.esl.commands import GUARD_VERSION
from oklik.telephony.port import SwitchError
from support.switch_lab import Lab

UUID = "c0200000-0000-4000-8000-000000000002"
END = "sofia/gateway/pstn/79160000000"


def guard(lab: Lab, words: str) -> str:
    return lab.switch._up().ask(f"api lua oklik.lua {words}\n\n".encode()).text


@pytest.mark.parametrize(
    "words",
    [
        "dial",
        f"dial {UUID}",
        f"dial {UUID} 1 NODE 30 60 -",
        f"dial {UUID} 1 NODE 30 60 - {END} more",
        f"dial {UUID} 1 NODE 30 60 - {END} keys more",
        f"dial {UUID} 1 NODE 30 60 - {END} keys=true",
        f"dial {UUID.upper()} 1 NODE 30 60 - {END}",
        f"dial {UUID[:-1]} 1 NODE 30 60 - {END}",
        f"dial {UUID}0 1 NODE 30 60 - {END}",
        f"dial {UUID} -1 NODE 30 60 - {END}",
        f"dial {UUID} 1e3 NODE 30 60 - {END}",
        f"dial {UUID} 0x1 NODE 30 60 - {END}",
        f"dial {UUID} 1 NODE,x=1 30 60 - {END}",
        f"dial {UUID} 1 NODE/x 30 60 - {END}",
        f"dial {UUID} 1 NODE 0 60 - {END}",
        f"dial {UUID} 1 NODE 301 60 - {END}",
        f"dial {UUID} 1 NODE 30 9 - {END}",
        f"dial {UUID} 1 NODE 30 14401 - {END}",
        f"dial {UUID} 1 NODE 30 60 7916x {END}",
        f"dial {UUID} 1 NODE 30 60 79160000000000000 {END}",
        f"dial {UUID} 1 NODE 30 60 - {END},sofia/gateway/pstn/1",
        f"dial {UUID} 1 NODE 30 60 - {END}|sofia/gateway/pstn/1",
        f"dial {UUID} 1 NODE 30 60 - {{x=1}}{END}",
        f"dial {UUID} 1 NODE 30 60 - loopback/1",
        f"dial {UUID} 1 NODE 30 60 - error/USER_BUSY",
        f"dial {UUID} 1 NODE 30 60 - sofia/gateway/pstn/",
        f"dial {UUID} 1 NODE 30 60 - 'sofia/gateway/pstn/1 &hangup()'",
        "bar",
        "bar x",
        f"bar {UUID} x",
        "epoch NODE",
        "epoch NODE -1",
        "epoch NODE 1 2",
        "epoch a/b 1",
        "writes",
        "writes /tmp/oklik-a.wav /tmp/oklik-b.wav",
        "writes oklik.wav",
        "writes /tmp/../tmp/oklik.wav",
        "writes /tmp/./oklik.wav",
        "writes /tmp//oklik.wav",
        "writes /tmp/oklik.txt",
        "writes /tmp/oklik.wav.txt",
        "writes /tmp/.wav",
        "writes /tmp/ok.lik.wav",
        "writes /tmp/ok$lik.wav",
        f"writes /tmp/{'a' * 1000}.wav",
        "version 2",
        "nosuchverb",
        "dial.x",
    ],
)
def test_what_it_does_not_understand(lab: Lab, words: str) -> None:
    assert guard(lab, words.replace("NODE", lab.node)) == "-ERR OKLIK_BAD_ARGUMENT\n"


def test_it_says_its_version(lab: Lab) -> None:
    assert guard(lab, "version") == f"+OK {GUARD_VERSION}\n"


def test_a_refused_argument_leaves_the_uuid_free(lab: Lab) -> None:
    uuid = str(uuid4())
    assert guard(lab, f"dial {uuid} 1 {lab.node} 30 60 - loopback/1").startswith("-ERR")
    assert guard(lab, f"bar {uuid}") == f"{uuid} barred\n"


def test_epochs_only_rise(lab: Lab) -> None:
    node = f"n{uuid4().hex[:10]}"
    uuid = str(uuid4())
    assert guard(lab, f"dial {uuid} 9 {node} 30 60 - {END}") == "-ERR OKLIK_STALE_EPOCH\n"  # nobody registered yet
    assert guard(lab, f"epoch {node} 7") == "+OK\n"
    assert guard(lab, f"epoch {node} 7") == "+OK\n"
    assert guard(lab, f"epoch {node} 10") == "+OK\n"
    assert guard(lab, f"epoch {node} 9") == "-ERR OKLIK_STALE_EPOCH\n"
    assert guard(lab, f"dial {uuid} 9 {node} 30 60 - {END}") == "-ERR OKLIK_STALE_EPOCH\n"
    assert guard(lab, f"bar {uuid}") == f"{uuid} barred\n"  # the refusals above have not used it up
    assert guard(lab, f"dial {uuid} 10 {node} 30 60 - {END}") == "-ERR OKLIK_DUPLICATE\n"


def test_barring_many(lab: Lab) -> None:
    uuids = [str(uuid4()) for _ in range(100)]
    text = guard(lab, "bar " + " ".join(uuids))
    assert text.splitlines() == [f"{uuid} barred" for uuid in uuids]


def test_purge_keeps_what_is_young(lab: Lab) -> None:
    uuid = str(uuid4())
    guard(lab, f"bar {uuid}")
    assert guard(lab, "purge") == "+OK 0\n"
    assert guard(lab, f"bar {uuid}") == f"{uuid} barred\n"
    assert guard(lab, f"epoch {lab.node} 0") == "-ERR OKLIK_STALE_EPOCH\n"  # and the epochs


def test_whether_it_can_write(lab: Lab) -> None:
    """Asked before a campaign that records: a switch that cannot make the file hangs the person up."""
    with tempfile.TemporaryDirectory(prefix="oklik-writes-") as made:
        folder = Path(made)
        folder.chmod(0o777)
        assert lab.switch.can_write(str(folder / "new.wav"))
        assert (folder / "new.wav").read_bytes() == b""
        assert not lab.switch.can_write(str(folder / "nowhere" / "new.wav"))
        (folder / "there.wav").write_bytes(b"sound")
        assert not lab.switch.can_write(str(folder / "there.wav")), "nothing is overwritten"
        assert (folder / "there.wav").read_bytes() == b"sound"
        with pytest.raises(SwitchError):
            lab.switch.can_write(str(folder / "new.txt"))
