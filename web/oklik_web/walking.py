"""The walk through all calls of a scenario, in a process of its own: it takes seconds of a core that serves others.

`python -m oklik_web.walking` reads {"document", "today", "seconds"} and writes an Exploration, or {"problems": [...]}.
"""

import datetime as dt
import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from time import monotonic
from typing import Any

import msgspec

from oklik.scenario.document import ScenarioError, from_json
from oklik.scenario.drafting import Problem, problems_of
from oklik.scenario.explore import Exploration, explore

log = logging.getLogger(__name__)

SECONDS = 8.0
_PATIENCE_S = 40.0
MAX_STATES = 20_000


class WalkFailed(Exception):
    """The walk came to no end."""


def walk(document: Mapping[str, Any], today: dt.date, seconds: float = SECONDS) -> Exploration | list[Problem]:
    """Walk; what cannot be read comes back as its problems.  Raises WalkFailed."""
    told = {"document": document, "today": today.isoformat(), "seconds": seconds}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "oklik_web.walking"],
            input=json.dumps(told).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            timeout=_PATIENCE_S,
            check=True,
        )
        found = msgspec.json.decode(done.stdout)
        if "problems" in found:
            return msgspec.convert(found["problems"], list[Problem])
        return msgspec.convert(found, Exploration)
    # Beside a fault of the walk: no memory for one more process, or somebody's hand that ended it.
    except (subprocess.SubprocessError, OSError, msgspec.MsgspecError) as error:
        log.warning("a walk came to no end: %s", type(error).__name__)
        raise WalkFailed from None


def _environment() -> dict[str, str]:
    """Without our settings, among which are passwords."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OKLIK_")}
    return kept | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def main() -> int:
    """Walk as standard input says."""
    told = json.loads(sys.stdin.buffer.read())
    began = monotonic()
    try:
        scenario = from_json(told["document"], "")
    except ScenarioError as error:
        sys.stdout.buffer.write(msgspec.json.encode({"problems": problems_of(error)}))
        return 0
    found = explore(
        scenario,
        dt.date.fromisoformat(told["today"]),
        max_states=MAX_STATES,
        watch=lambda *_: monotonic() - began < told["seconds"],
    )
    sys.stdout.buffer.write(msgspec.json.encode(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
