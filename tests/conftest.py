"""What every test sees: no network unless marked, and the gevent folder only in a patched process."""

import pytest
from gevent import monkey
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # how long an example takes is no promise of ours
settings.load_profile("any machine")

collect_ignore = [] if monkey.is_module_patched("socket") else ["patched"]

RERUNS = 2
NETWORKED = ("integration", "live", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Lift the ban on sockets for the tests whose mark says that they need them; measure seconds more than once."""
    for item in items:
        if any(item.get_closest_marker(mark) for mark in NETWORKED):
            item.add_marker(pytest.mark.enable_socket)
        if item.get_closest_marker("seconds"):
            item.add_marker(pytest.mark.flaky(reruns=RERUNS, only_rerun="^TooSlow:"))
        elif item.get_closest_marker("browser"):  # what never came, on a machine that is slow now
            item.add_marker(pytest.mark.flaky(reruns=RERUNS, only_rerun="[Tt]imeout"))
