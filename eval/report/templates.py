"""The templates of all pages: those of the report, which the comparison shares."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.show import figure

_EVAL = Path(__file__).resolve().parent.parent


def environment() -> Environment:
    """What draws the pages: values are escaped, and a name that is not there is an error."""
    made = Environment(
        loader=FileSystemLoader([_EVAL / "report", _EVAL / "compare"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["figure"] = figure
    return made
