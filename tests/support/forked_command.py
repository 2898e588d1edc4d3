"""A process that loads the command once and runs it in forks: see Workshop.

Orders come as JSON lines {number, arguments, environment, cwd}; each is answered by {number, code, out, err}.
"""

import json
import os
import sys
import tempfile
import threading
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


def answer(order: dict[str, Any], pid: int, files: list[Any], turn: threading.Lock) -> None:
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    said = []
    for file in files:
        file.seek(0)
        said.append(file.read().decode())
    with turn:
        print(json.dumps({"number": order["number"], "code": code, "out": said[0], "err": said[1]}), flush=True)


def main() -> None:
    turn = threading.Lock()
    for line in sys.stdin:
        order = json.loads(line)
        files = [tempfile.TemporaryFile() for _ in range(2)]  # noqa: SIM115  they live as long as the answer
        pid = os.fork()
        if pid == 0:
            run(order, *(file.fileno() for file in files))
            return
        threading.Thread(target=answer, args=(order, pid, files, turn)).start()


if __name__ == "__main__":
    main()
