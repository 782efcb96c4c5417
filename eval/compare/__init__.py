"""Two runs side by side: what got better or worse, whether that beats noise, and which questions changed."""

from __future__ import annotations

import argparse
import json

#: Exit code when the later run is not good enough: see `Comparison.reasons`.
NOT_GOOD = 3


def command(arguments: argparse.Namespace) -> int:
    """python -m eval compare A B: 0 when nothing got significantly worse, failed or is missing; 3 otherwise, with the reasons."""
    from eval.compare.folders import compare
    from eval.compare.show import text

    found = compare(arguments.a, arguments.b, anyway=arguments.anyway)
    print(json.dumps(found, ensure_ascii=False) if arguments.json else text(found, arguments.changes))
    return NOT_GOOD if found["reasons"] else 0
