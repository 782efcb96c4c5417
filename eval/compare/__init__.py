"""Two runs side by side: what got better or worse, whether that beats noise, and which questions changed."""

from __future__ import annotations

import argparse
import json

#: Exit code when the later run is not good enough: see `Comparison.reasons`.
NOT_GOOD = 3


def command(arguments: argparse.Namespace) -> int:
    """python -m eval compare A B: 0 when nothing got significantly worse, failed or is missing; 3 otherwise, with the reasons."""
    from eval.compare.folders import compare
    from eval.compare.page import page, path_of
    from eval.compare.show import text
    from eval.exchange.gold import write_text

    out = arguments.out and path_of(arguments.out)
    if out and out.is_file():
        out.unlink()  # where the runs cannot be compared, the page of others must not be taken for theirs
    found = compare(arguments.a, arguments.b, anyway=arguments.anyway)
    if out:
        write_text(out, page(arguments.a, arguments.b, found))
    print(json.dumps(found, ensure_ascii=False) if arguments.json else text(found, arguments.changes))
    if out and not arguments.json:
        print(out)
    return NOT_GOOD if found["reasons"] else 0
