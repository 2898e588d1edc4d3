"""A process between us and a voice's program: when we are gone, however suddenly, it ends the program and its children.

`python leash.py PARENT PROGRAM [ARGUMENT...]`, as the leader of a process group of its own.  It ends with the program's
exit code (128 and the number for a signal), or with 127 when the program cannot be started.  It is run as a bare file,
without the libraries of the project and of the site, for it is started for every text.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
NOT_STARTED = 127


def main(parent: int, order: list[str]) -> int:
    """Run the order for that parent; returns the exit code."""
    # In our own main thread: what is asked for between fork and exec would be asked in a process of many threads.
    signal.signal(signal.SIGTERM, _end_all)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before the kernel was asked
        return NOT_STARTED
    try:
        # Python ignores these two, and a program would inherit that.
        program = os.posix_spawnp(order[0], order, os.environ, setsigdef=[signal.SIGPIPE, signal.SIGXFSZ])
    except OSError as error:
        sys.stderr.write(f"{error.strerror}\n")
        return NOT_STARTED
    os.close(0)  # the program's alone
    code = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
    return 128 - code if code < 0 else code


def _end_all(*_: object) -> None:
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
