"""The statuses of statuses.yml, typed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class Status:
    name: str
    label: dict[str, str]
    message: dict[str, str]
    embeddable: bool
    follow_up: bool


@lru_cache(maxsize=1)
def statuses() -> dict[str, Status]:
    """All statuses by name."""
    data = yaml.safe_load(Path(__file__).with_name("statuses.yml").read_text(encoding="utf-8"))
    return {name: Status(name=name, **fields) for name, fields in data.items()}
