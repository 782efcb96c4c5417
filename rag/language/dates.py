"""Dates as people write them."""

from __future__ import annotations

from datetime import date

_MONTHS = "januari februari maart april mei juni juli augustus september oktober november december".split()


def dutch_date(day: date | str) -> str:
    """ "3 april 2024"; what is not an ISO date stays as it is."""
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day[:10])
        except ValueError:
            return day
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
