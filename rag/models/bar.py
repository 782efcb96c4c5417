"""Long work on a model as a bar in bytes, for whoever sits at the terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rag.models.folder import Progress, silent

#: Seconds between two drawings of the bar.
_PACE_S = 0.1


@contextmanager
def progress_bar(show: bool) -> Iterator[Progress]:
    """One bar over the whole on standard error, and one for the check at the end; nothing when `show` is off."""
    if not show:
        yield silent
        return
    from tqdm import tqdm

    bars: dict[str, tqdm] = {}
    last = 0.0

    def update(what: str, done: int, total: int) -> None:
        nonlocal last
        if what not in bars:
            for bar in bars.values():
                bar.close()
            bars[what] = tqdm(total=total, initial=done, desc=what.capitalize(), file=sys.stderr, unit="B", unit_scale=True)
        bar = bars[what]
        # What is on its way is an estimate and may run ahead of what arrives: the bar never goes back.
        if done > bar.n and (done >= total or time.monotonic() - last > _PACE_S):
            bar.update(done - bar.n)
            last = time.monotonic()

    try:
        yield update
    finally:
        for bar in bars.values():
            bar.close()
