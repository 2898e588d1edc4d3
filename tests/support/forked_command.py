"""A process that loads the command once and runs it in forks: see Workshop.

Orders come as JSON lines {number, arguments, environment, cwd}; each is answered by {number, code, out, err}.
"""

import json
import os
import select
import sys
import tempfile
import time
from typing import Any

import oklik.oneshot  # noqa: F401  what takes long to load
from oklik import cli


def run(order: dict[str, Any], out: int, err: int) -> None:
    """In the fork: be the command."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["cwd"])
    sys.argv = ["oklik", *order["arguments"]]
    cli.main()


def answer(order: dict[str, Any], status: int, files: list[Any]) -> None:
    said = []
    for file in files:
        file.seek(0)
        said.append(file.read().decode())
        file.close()
    code = os.waitstatus_to_exitcode(status)
    print(json.dumps({"number": order["number"], "code": code, "out": said[0], "err": said[1]}), flush=True)


def main() -> None:
    """One thread only: a fork of a process with threads may inherit a lock that nobody will ever open."""
    orders = b""
    running: dict[int, tuple[dict[str, Any], list[Any]]] = {}
    listening = True
    while listening or running:
        if listening and select.select([0], [], [], 0.02)[0]:
            data = os.read(0, 65536)
            listening = bool(data)
            orders += data
        elif not listening:
            time.sleep(0.02)
        *lines, orders = orders.split(b"\n")
        for line in lines:
            order = json.loads(line)
            files = [tempfile.TemporaryFile() for _ in range(2)]  # noqa: SIM115  they live as long as the answer
            pid = os.fork()
            if pid == 0:
                run(order, *(file.fileno() for file in files))
                return
            running[pid] = order, files
        for pid in list(running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                answer(running[pid][0], status, running.pop(pid)[1])


if __name__ == "__main__":
    main()
