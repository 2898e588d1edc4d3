"""`python -m oklik.telephony.virtual`: the process.

The password comes from the environment (OKLIK_SWITCH_PASSWORD); there is no default.  When it listens, one line of
JSON on standard output says where: {"host", "port", "core_uuid", "pid"}.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from weakref import WeakSet

from oklik.telephony.virtual.clock import LoopClock
from oklik.telephony.virtual.connection import Connection
from oklik.telephony.virtual.core import Core
from oklik.telephony.virtual.ledger import Ledger
from oklik.telephony.virtual.population import Population, PopulationError, load

LINGER_S, LINGER_LOOK_S = 10.0, 0.1  # for clients when our parent is gone
PASSWORD = "OKLIK_SWITCH_PASSWORD"  # noqa: S105 - the name of the variable


class _BadInput(Exception):
    """One line for the user."""


def _address(text: str) -> tuple[str, int]:
    host, sep, port = text.rpartition(":")
    if not sep or not host or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host.strip("[]"), int(port)


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0 (and at most 10000)")
    return value


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="oklik.telephony.virtual", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--listen", type=_address, required=True, metavar="HOST:PORT", help="port 0: any free one")
    parser.add_argument("--seed", type=int, default=1, help="what the population does hangs on it alone")
    parser.add_argument("--speed", type=_positive, default=1.0, help="simulated seconds in a real one")
    parser.add_argument("--population", type=Path, metavar="FILE.yaml", help="who lives at the other end")
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="append every originate and its end here")
    parser.add_argument("--max-sessions", type=int, default=5000)
    parser.add_argument("--sps", type=int, default=1000, help="originates the switch takes in a second")
    parser.add_argument("--without-lua", action="store_true", help="be a switch that has no mod_lua: no guard script")
    parser.add_argument("--with-parent", action="store_true", help="exit when standard input closes")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace, password: str, population: Population, ledger: Ledger) -> None:
    loop = asyncio.get_running_loop()
    core = Core(
        LoopClock(loop, arguments.speed),
        population,
        seed=arguments.seed,
        ledger=ledger,
        max_sessions=arguments.max_sessions,
        sps=arguments.sps,
        lua=not arguments.without_lua,
    )
    host, port = arguments.listen
    clients: WeakSet[Connection] = WeakSet()

    def client() -> Connection:
        clients.add(made := Connection(core, password, soon=loop.call_soon))
        return made

    try:
        server = await loop.create_server(client, host, port)
    except OSError as error:
        raise _BadInput(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    alone = asyncio.Event()
    if arguments.with_parent:
        loop.add_reader(sys.stdin, _read_parent, alone)
    real = server.sockets[0].getsockname()
    ready = {"host": real[0], "port": real[1], "core_uuid": core.core_uuid, "pid": os.getpid()}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    leaving = asyncio.ensure_future(stop.wait())
    await asyncio.wait([leaving, asyncio.ensure_future(alone.wait())], return_when=asyncio.FIRST_COMPLETED)
    server.close()
    # A dialer that lost its parent, too, ends its calls in peace and then leaves us: that is soon.
    deadline = loop.time() + LINGER_S
    while alone.is_set() and not stop.is_set() and loop.time() < deadline and any(one.connected for one in clients):
        await asyncio.wait([leaving], timeout=LINGER_LOOK_S)


def _read_parent(alone: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        alone.set()
        asyncio.get_running_loop().remove_reader(sys.stdin)


def main() -> int:
    """Run until SIGTERM, SIGINT or the parent's end; the exit code is 2 for bad input."""
    arguments = _arguments()
    try:
        password = os.environ.get(PASSWORD, "")
        if not password:
            raise _BadInput(f"set {PASSWORD}: the switch does not run without a password")
        try:
            population = load(arguments.population) if arguments.population else Population()
        except PopulationError as error:
            raise _BadInput(str(error)) from error
        try:
            ledger = Ledger(arguments.ledger)
        except OSError as error:
            raise _BadInput(f"{arguments.ledger}: cannot be written: {error.strerror}") from error
        asyncio.run(_serve(arguments, password, population, ledger))
    except _BadInput as error:
        sys.stderr.write(f"virtual switch: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
