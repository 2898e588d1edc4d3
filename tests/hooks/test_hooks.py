"""Plug-ins: what an author may declare, what a function may do, and that nothing it does outlives its time."""

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import gevent
import pytest
import yaml

from oklik.hooks import Hook, Result
from oklik.hooks import Hook as Declared
from oklik.hooks.child import told
from oklik.hooks.installed import installed
from oklik.hooks.pool import HookPool
from oklik.scenario.flow import Hook as Order
from oklik.scenario.flow import HookEnded
from oklik.scenario.kinds.hook import HookNode
from oklik.scenario.needs import HookShape
from support import plugin
from support.patience import enough, in_time


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("plugin")
    plugin.write(place)
    with plugin.on_path(place):
        yield place


@pytest.fixture(scope="module")
def pool(folder: Path) -> Iterator[HookPool]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OKLIK_SWITCH_PASSWORD", "secret")
        made = HookPool(size=1)
        try:
            yield made
        finally:
            made.close()


def order(name: str, timeout_s: float = 120.0, wanted: dict[str, str] | None = None, **arguments: str) -> Order:
    return Order(node="n", hook=name, arguments=arguments, timeout_s=timeout_s, wanted=wanted or {})


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pid: int) -> bool:
    for _ in range(5000):
        if not alive(pid):
            return True
        gevent.sleep(0.02)
    return False


# -- running ------------------------------------------------------------------------------------------------------


def test_a_function_chooses_an_exit_and_gives_values(pool: HookPool) -> None:
    ended = pool.run(order("test.offer", debt="1500", wanted={"discount": "percent"}))
    assert ended == HookEnded(ok=True, exit="discount", values={"discount": "10"})
    assert pool.run(order("test.offer", debt="50")) == HookEnded(ok=True, exit="nothing")


def test_values_become_texts_of_their_types(pool: HookPool) -> None:
    names = ("text", "number", "money", "date", "time", "choice", "nothing", "part")
    ended = pool.run(order("test.kinds", wanted={name: name for name in names}))
    given = {"text": "да", "number": "7", "money": "1500.50", "date": "2026-12-31", "time": "09:05", "choice": "true"}
    assert ended.values == {**given, "part": "0.5"}
    assert told(Decimal("NaN")) is None


@pytest.mark.parametrize(
    ("how", "fault"),
    [
        ("raise", "ValueError: no way"),
        ("exit", "SystemExit: 0"),
        ("type", "it returned a str, not a Result"),
        ("exits", "it chose an exit that it has not declared: 'elsewhere'"),
        ("values", "it gave values that it has not declared: strange"),
        ("given", "TypeError: 'mappingproxy' object does not support item assignment"),
        ("recursion", "RecursionError"),
    ],
)
def test_a_function_that_goes_wrong_is_a_failure(pool: HookPool, how: str, fault: str) -> None:
    ended = pool.run(order("test.wrong", how=how))
    assert not ended.ok
    assert ended.fault.startswith(fault)
    assert "\n" not in ended.fault


def test_what_is_much_too_long_is_cut(pool: HookPool) -> None:
    ended = pool.run(order("test.wrong", how="huge", wanted={"a": "text", "b": "number"}))
    assert len(ended.values["a"]) == 1000
    assert "b" not in ended.values


def test_an_unknown_function_and_a_missing_argument(pool: HookPool) -> None:
    assert pool.run(order("test.nothing")).fault == "the function is not installed"
    assert pool.run(order("test.offer")).fault == "KeyError: 'debt'"


@pytest.mark.seconds
def test_an_endless_function_is_killed_with_whatever_it_began(pool: HookPool, tmp_path: Path) -> None:
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        while True:
            gevent.sleep(0.01)
            ticks += 1

    other = gevent.spawn(tick)
    note = tmp_path / "pids"
    assert pool.run(order("test.offer", debt="1500")).ok, "its process is there"
    began = time.monotonic()
    ended = pool.run(order("test.loop", timeout_s=1.0, file=str(note)))
    spent = time.monotonic() - began
    other.kill()
    assert ended == HookEnded(ok=False, fault="it was killed after 1 s")
    enough(note.exists(), 1, "it began to run")
    assert all(gone(int(pid)) for pid in note.read_text().split())
    assert pool.run(order("test.offer", debt="1500")).ok, "another process has taken its place"
    in_time(spent, 10)
    enough(ticks, 5, "the loop went on meanwhile")


@pytest.mark.parametrize("how", ["test.crash", "test.wrong"])
def test_a_process_that_dies_is_replaced(pool: HookPool, how: str) -> None:
    assert pool.run(order(how, how="close")).fault == "its process died"
    assert pool.run(order("test.offer", debt="1500")).ok


def test_nobody_waits_for_a_function_whose_person_has_left(pool: HookPool, tmp_path: Path) -> None:
    note = tmp_path / "pids"
    call = gevent.spawn(pool.run, order("test.loop", file=str(note)))
    while not (note.exists() and len(note.read_text().split()) == 2):
        gevent.sleep(0.02)
        assert not call.ready()
    call.kill()
    assert all(gone(int(pid)) for pid in note.read_text().split())
    assert pool.run(order("test.offer", debt="1500")).ok


def test_when_all_processes_are_busy_the_time_runs_all_the_same(pool: HookPool) -> None:
    first = gevent.spawn(pool.run, order("test.loop", timeout_s=3.0))
    gevent.sleep(0.05)
    assert pool.run(order("test.offer", timeout_s=0.2, debt="1")).fault == "all processes for plug-ins are busy"
    assert not first.get().ok


def test_a_plug_in_does_not_see_our_settings(pool: HookPool) -> None:
    assert os.environ["OKLIK_SWITCH_PASSWORD"]
    assert pool.run(order("test.environment", wanted={"found": "text"})).values == {"found": ""}


def test_no_process_is_begun_without_a_plug_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oklik.hooks.pool.any_installed", bool)
    pool = HookPool()
    assert pool.run(order("test.offer")) == HookEnded(ok=False, fault="no plug-in is installed")
    pool.close()


KILLED = """
import os, signal, sys, gevent
from oklik.hooks.pool import HookPool
from oklik.scenario.flow import Hook
pool = HookPool(size=1)
gevent.spawn(pool.run, Hook(node="n", hook="test.loop", arguments={"file": sys.argv[1]}, timeout_s=60.0))
while not (os.path.exists(sys.argv[1]) and len(open(sys.argv[1]).read().split()) == 2):
    gevent.sleep(0.02)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_no_function_outlives_a_killed_dialer(folder: Path, tmp_path: Path) -> None:
    note = tmp_path / "pids"
    path = os.pathsep.join(part for part in sys.path if part)
    done = subprocess.run([sys.executable, "-c", KILLED, note], env={**os.environ, "PYTHONPATH": path}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert gone(int(note.read_text().split()[0]))


# -- what is installed ----------------------------------------------------------------------------------------------


def test_what_is_installed_is_told(folder: Path) -> None:
    found = installed()
    assert found.faults == {}
    assert set(found.hooks) == set(plugin.POINTS)
    offer = found.hooks["test.offer"]
    assert (offer.exits, offer.answers) == (("discount", "nothing"), {"percent": "number"})
    assert offer.arguments == {"debt": False, "city": True}


def test_a_broken_plug_in_is_told_by_name(tmp_path: Path) -> None:
    points = {"a.good": "oklik_test_plugin:loop", "a.none": "oklik_test_plugin:no_hook", "a.gone": "oklik_nowhere:x"}
    plugin.write(tmp_path, points=points)
    with plugin.on_path(tmp_path):
        found = installed()
    assert set(found.hooks) == {"a.good"}
    assert found.faults == {
        "a.none": "TypeError: oklik_test_plugin:no_hook is no oklik.hooks.Hook",
        "a.gone": "ModuleNotFoundError: No module named 'oklik_nowhere'",
    }


@pytest.mark.parametrize(
    ("source", "fault"), [("import os\nos._exit(1)", "ends the process"), ("while True: pass", "1 s")]
)
def test_a_plug_in_that_cannot_be_loaded_takes_nobody_with_it(tmp_path: Path, source: str, fault: str) -> None:
    plugin.write(tmp_path, source=source, points={"a.bad": "oklik_test_plugin:x"})
    with plugin.on_path(tmp_path):
        found = installed(timeout_s=1.0 if "True" in source else 120.0)
    assert not found.hooks
    assert fault in found.faults["a.bad"]


# -- declaring ------------------------------------------------------------------------------------------------------


def nothing(given: object) -> Result:
    return Result("done")


@pytest.mark.parametrize(
    "how",
    [
        {"arguments": ("Debt",)},
        {"optional": ("a b",)},
        {"exits": ("failed",)},
        {"exits": ()},
        {"exits": ("Да",)},
        {"answers": {"x": "float"}},
        {"answers": {"X": "text"}},
    ],
)
def test_a_declaration_that_no_scenario_can_use_is_refused(how: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Declared(nothing, **how)  # type: ignore[arg-type]


def test_the_function_must_be_one() -> None:
    with pytest.raises(ValueError):
        Hook("nothing")  # type: ignore[arg-type]


def test_the_plug_in_of_the_manual_works() -> None:
    manual = (Path(__file__).parents[2] / "docs/plugins.md").read_text("utf-8")
    (source,) = re.findall(r"```python\n(.*?)```", manual, re.DOTALL)
    space: dict[str, object] = {}
    exec(source, space)
    offer = space["offer"]
    assert isinstance(offer, Hook)
    given = offer.run({"debt": "15000"})
    assert (given.exit, given.values) == ("discount", {"percent": 10})
    (block,) = re.findall(r"```yaml\noffer:\n(.*?)```", manual, re.DOTALL)
    node = HookNode.model_validate(yaml.safe_load(textwrap.dedent(block)))
    shape = HookShape(name="scoring.offer", exits=offer.exits, arguments=offer.arguments, answers=offer.answers)
    assert list(node.check_hooks("offer", {"scoring.offer": shape})) == []


def test_a_process_whose_parent_is_gone_already_ends_at_once() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "oklik.hooks.child", "1"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)},
        stdin=subprocess.PIPE,
        capture_output=True,
        timeout=180,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (3, b"")
