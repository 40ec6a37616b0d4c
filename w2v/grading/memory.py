"""What all processes of a student hold together, for the limits of the system bound each alone."""

import contextlib
from collections.abc import Iterable

import psutil


def end_if_too_large(roots: Iterable[int], limit: int) -> None:
    """Kill all processes below some others if together they hold more than `limit` bytes.

    Args:
        roots: the numbers of processes; they stay, whatever they hold themselves.
        limit: in bytes of memory in use; pages that several share count for each.
    """
    held = {}
    for root in roots:
        with contextlib.suppress(psutil.Error):  # it has ended
            for process in psutil.Process(root).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    held[process] = process.memory_info().rss
    if sum(held.values()) > limit:
        for process in held:
            with contextlib.suppress(psutil.Error):
                process.kill()
