"""What all processes of a student hold together, for the limits of the system bound each alone."""

import contextlib
import os
import signal
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def end_if_too_large(roots: set[int], limit: int) -> None:
    """Kill all processes below some others if together they hold more than `limit` bytes.

    Args:
        roots: the numbers of processes; they stay, whatever they hold themselves.
        limit: in bytes of memory in use; pages that several share count for each.

    Where there is no /proc, nothing is known and nothing done.
    """
    below = descendants(roots)
    if sum(below.values()) > limit:
        for process in below:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)


def descendants(roots: set[int]) -> dict[int, int]:
    """{process: bytes of memory it has in use} of all processes that descend from `roots`."""
    parents, sizes = {}, {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            # What stands before the last bracket is a name, of whatever form.
            fields = file.read_text(errors="replace").rpartition(")")[2].split()
            process = int(file.parent.name)
            parents[process], sizes[process] = int(fields[1]), int(fields[21]) * PAGE
    found: set[int] = set()
    edge = roots
    while edge:
        edge = {process for process, parent in parents.items() if parent in edge} - found
        found |= edge
    return {process: sizes[process] for process in found}
