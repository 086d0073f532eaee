"""Runs a command that dies when the process that started it dies, even by SIGKILL.

Run as a script, which sets the tether in the new process and then becomes the command: doing it
between fork and exec (`preexec_fn`) is not safe in a process that has threads.

The kernel does the killing (prctl PR_SET_PDEATHSIG, https://man7.org/linux/man-pages/man2/
pr_set_pdeathsig.2const.html), so it holds on Linux alone; elsewhere the command runs untethered.
The kernel's parent is a thread: start the command from one that lives as long as its process.
What the command starts in its turn is not tethered: a server with workers has to see to its own.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def tethered(command: Sequence[str]) -> list[str]:
    """The command line which runs `command` tethered to the calling process."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def become(parent: int, command: Sequence[str]) -> None:
    """Turns this process into `command`, tethered to the process with the id `parent`."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the tether was set
            os.kill(os.getpid(), signal.SIGKILL)
    os.execvp(command[0], list(command))  # noqa: S606  # no shell is wanted


if __name__ == "__main__":
    try:
        become(int(sys.argv[1]), sys.argv[2:])
    except OSError as error:
        sys.exit(f"{sys.argv[2]} cannot be run: {error.strerror}")
