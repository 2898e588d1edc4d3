"""What the live tests share: those that need the guard's script are left out on a switch without it."""

import pytest

from support.live_switch import SWITCH, guarded


@pytest.fixture(autouse=True)
def _the_script_is_there(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("script") and SWITCH and not guarded():
        pytest.skip("the switch has no guard script")
