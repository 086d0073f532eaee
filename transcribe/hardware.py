"""What this machine lends to an engine."""

from __future__ import annotations

import os
from math import ceil
from pathlib import Path
from typing import Final

MOST_THREADS: Final = 8
"""A model as small as these gains nothing from more, and others work here too."""

_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def threads() -> int:
    """Cores that this process may use, by affinity and by the container's quota; at least 1.

    The quota: https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files
    """
    cores = len(os.sched_getaffinity(0))
    quota = quota_cores(_QUOTA.read_text()) if _QUOTA.exists() else None
    return max(1, min(cores, quota or cores, MOST_THREADS))


def quota_cores(cpu_max: str) -> int | None:
    """Whole cores of a `cpu.max` file ('150000 100000' is 2); None: no limit."""
    quota, _, period = cpu_max.strip().partition(" ")
    return None if quota == "max" else ceil(int(quota) / int(period or 100_000))
