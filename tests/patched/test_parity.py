"""The simulator's transcript and a call on the virtual switch give the same facts for the same keys.

All shipped scenarios, each language in turn, random calls by seed.  A difference is a bug of one side: what a real
FreeSWITCH does decides of which.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from oklik.scenario.document import load_file
from oklik.scenario.kinds import KINDS
from oklik.scenario.simulate import INPUTS
from oklik.telephony import port
from oklik.telephony.freeswitch.pressed import Pressed, Taken
from oklik.telephony.freeswitch.ticket import FsTicket
from support.parity import Account, Case, Host, alone, calling, cases, difference, population, thought

ROOT = Path(__file__).parents[2] / "scenarios"
FILES = [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("*/*.yaml")) if "\nnodes:" in path.read_text("utf-8")]
STREAMS = 50  # of each shipped scenario
FEW = 20  # of each kind alone
SURPLUS = 0.15  # how often an entry has more keys than its question takes; then people type it to its end


def read_back(slot: str) -> dict[str, str]:
    said = f"{{{{ {slot} }}}}"
    return {"ru": f"Вы ввели {said}. Верно — 1, снова — 2.", "en": f"You entered {said}. Right — 1, again — 2."}


READ_BACK = {"amount": "n | money('RUB')", "date": "n | date", "phone": "n | phone", "digits": "n | digits"}
MADE: dict[str, tuple[str, dict[str, Any]]] = {
    **{name: (name, {}) for name in KINDS},
    **{
        f"{name} to its end": (name, {"barge_in": False})
        for name, kind in KINDS.items()
        if "barge_in" in kind.model_fields
    },
    **{
        f"{name} early": (name, {"early_keys": "keep"})
        for name, kind in KINDS.items()
        if "early_keys" in kind.model_fields
    },
    **{
        f"{name} early, to its end": (name, {"early_keys": "keep", "barge_in": False})
        for name, kind in KINDS.items()
        if {"early_keys", "barge_in"} <= kind.model_fields.keys()
    },
    "ask early, unconfirmed": ("ask", {"max_digits": 3, "confirm": None, "early_keys": "keep"}),
    **{
        f"ask {type_}": ("ask", {"question": "n", "type": type_, "max_digits": 6, "confirm": read_back(slot)})
        for type_, slot in READ_BACK.items()
    },
    "identify by digits": (
        "identify",
        {"digits_of": "contract", "digits_text": {"ru": "Последние цифры?", "en": "Last digits?"}},
    ),
    "transfer by a key": (
        "transfer",
        {"accept_key": "1", "whisper": {"ru": "Клиент, нажмите один.", "en": "A client, press one."}},
    ),
}


class World(NamedTuple):
    """found: what came of the calls, all of which are made at once: some last long, and only wait."""

    host: Host
    cases: dict[str, list[Case]]
    found: dict[str, list[Account | BaseException]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    numbers = count(1)
    made = {name: cases(load_file(ROOT / name), name, STREAMS, numbers, SURPLUS) for name in FILES}
    made |= {
        name: cases(alone(KINDS[kind], **more), name, FEW, numbers, SURPLUS) for name, (kind, more) in MADE.items()
    }
    people = population((case for several in made.values() for case in several), hasty=SURPLUS > 0)
    with calling(tmp_path_factory.mktemp("parity"), people) as host:
        found = iter(host.make_all([case for several in made.values() for case in several]))
        yield World(host, made, {name: [next(found) for _ in several] for name, several in made.items()})


def differences(wanted: Sequence[Case], found: Sequence[Account | BaseException]) -> list[str]:
    told = (difference(case, thought(case), account) for case, account in zip(wanted, found, strict=True))
    return [line for line in told if line is not None]


@pytest.mark.parametrize("name", FILES)
def test_a_call_goes_as_simulated(world: World, name: str) -> None:
    parted = differences(world.cases[name], world.found[name])
    assert not parted, f"{len(parted)} of {STREAMS} calls:\n" + "\n".join(parted)


@pytest.mark.parametrize("name", MADE)
def test_each_kind_alone_goes_as_simulated(world: World, name: str) -> None:
    """Also what no shipped scenario has yet; the kinds' examples, so a new kind joins by itself."""
    parted = differences(world.cases[name], world.found[name])
    assert not parted, f"{len(parted)} of {FEW} calls:\n" + "\n".join(parted)


def test_every_input_of_the_simulator_is_tried(world: World) -> None:
    """Whoever adds an input finds here that the random calls do not use it yet (support/keystreams)."""
    used = {item for several in world.cases.values() for case in several for item in case.stream.keys.split()}
    written = {word for how, _, _ in INPUTS for word in how.split()}
    entries = {item for item in used if set(item) <= set("0123456789*#")}
    forms = {re.sub(r"^!ok:\w+=.*", "!ok:name=value", re.sub(r"^~[0-9.]+", "~7", item)) for item in used}
    assert written - forms - {"12#"} == set()
    assert {len(item) for item in entries} >= {1, 2, 4}
    assert any(item[:-1] and item.endswith("#") for item in entries)


def test_a_driver_that_loses_a_key_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = FsTicket._keys

    def half_heard(ticket: FsTicket, *end: object) -> port.Result:
        result = heard(ticket, *end)  # type: ignore[arg-type]
        return port.Keys(keys=result.keys[:1] + result.keys[2:]) if isinstance(result, port.Keys) else result

    monkeypatch.setattr(FsTicket, "_keys", half_heard)
    cases = world.cases["debt-reminder/ru.yaml"]
    parted = differences(cases, world.host.make_all(cases))
    assert parted
    assert all("simulated" in line and "called" in line for line in parted), parted


def test_a_switch_that_goes_deaf_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FsTicket, "_keys", lambda *_: port.Keys(keys=""))
    cases = world.cases["satisfaction-survey/en.yaml"]
    assert len(differences(cases, world.host.make_all(cases))) > STREAMS / 4


def test_a_driver_that_forgets_early_keys_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Pressed.before

    def forgetful(pressed: Pressed, wanted: port.Gather) -> Taken:
        pressed.forget()
        return before(pressed, wanted)

    monkeypatch.setattr(Pressed, "before", forgetful)
    cases = world.cases["menu early"]
    assert differences(cases, world.host.make_all(cases))
