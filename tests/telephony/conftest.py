"""The switches that the contract is tested on: the virtual one always, a real FreeSWITCH when there is one.

Live: OKLIK_LIVE_SWITCH=esl://:PASSWORD@HOST:PORT, and OKLIK_LIVE_DIAL (default sofia/gateway/pstn/7916000{}) leading to
the SIPp callees of tests/live/callees.xml, who behave by the last two digits of the number.  The prompts are written
where the switch can read them: it must run on this machine.  Without mod_lua it is held to test_plain_contract.py only.
"""

import os
import wave
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from support.live_switch import SWITCH, address, guarded
from support.switch_lab import PASSWORD, Lab, virtual_process

SPEEDS = (8.0, 4.0, 2.0)  # campaign seconds in a real one, of each try


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The contract on the virtual switch is about what comes when: a slow machine needs a slower clock.

    What must hold at any speed is marked `invariant` and never repeated.
    """
    for item in items:
        virtual = item.path.name in {"test_switch_contract.py", "test_plain_contract.py"} and "[virtual" in item.name
        if virtual and not item.get_closest_marker("invariant"):
            item.add_marker(pytest.mark.flaky(reruns=len(SPEEDS) - 1))


@pytest.fixture(scope="session")
def virtual_switches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., dict[str, object]]]:
    """Gives the virtual switch of a speed, with options of its command: where it listens."""
    with ExitStack() as stack:
        yield cache(
            lambda speed, *more: stack.enter_context(virtual_process(tmp_path_factory.mktemp("virtual"), speed, *more))
        )


SWITCHES = (
    pytest.param("virtual", marks=pytest.mark.integration),
    pytest.param("live", marks=pytest.mark.live),
)


@pytest.fixture(params=SWITCHES)
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    yield from labs(request)


@pytest.fixture(params=SWITCHES)
def plain_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """The same without the guard's script: the virtual switch has none, nor a real one, or the driver is told so."""
    yield from labs(request, script=False)


def labs(request: pytest.FixtureRequest, *, script: bool = True) -> Iterator[Lab]:
    if request.param == "virtual":
        speed = SPEEDS[min(getattr(request.node, "execution_count", 1), len(SPEEDS)) - 1]
        where = request.getfixturevalue("virtual_switches")(speed, *([] if script else ["--without-lua"]))
        made = Lab(
            str(where["host"]),
            int(where["port"]),
            PASSWORD,
            dial="sofia/gateway/pstn/7916000{}",
            agent="sofia/gateway/agents/7916000{}",
            speed=speed,
        )
    else:
        if not SWITCH:
            pytest.skip("OKLIK_LIVE_SWITCH is not set")
        if script and not guarded():
            pytest.skip("the switch has no guard script")
        dial = os.environ.get("OKLIK_LIVE_DIAL", "sofia/gateway/pstn/7916000{}")
        # A switch that really has none finds that out by itself.
        made = Lab(*address(), dial=dial, agent=dial, speed=1.0, script=script or not guarded())
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def silence() -> Iterator[dict[int, str]]:
    """Wav files of silence by their length in seconds, readable for the switch's own user."""
    folder = Path("/tmp") / f"oklik-tests-{os.getpid()}"
    folder.mkdir(mode=0o755, exist_ok=True)
    files = {}
    for seconds in (1, 2, 4, 8):
        path = folder / (f"{seconds:x}" * 64 + ".wav")
        with wave.open(str(path), "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(8000)
            wav.writeframes(b"\0\0" * 8000 * seconds)
        path.chmod(0o644)
        files[seconds] = str(path)
    yield files
    for name in files.values():
        Path(name).unlink()
    folder.rmdir()
