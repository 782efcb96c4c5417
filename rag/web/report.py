"""The pages for editors: what the advisor knows and what is wrong with it, and which questions the sources do not answer."""

from __future__ import annotations

import threading
from datetime import date

from rag.advisor import Advisor
from rag.errors import PpsError
from rag.gaps import KEPT_DAYS, GapLog, themes
from rag.knowledge.check import CheckResult, check
from rag.knowledge.stats import Stats, stats
from rag.language.dates import dutch_date
from rag.settings import Settings
from rag.web import labels
from rag.web.render import templates

#: A corpus with more documents than this is checked in the background, while the page says so.
CHECKED_AT_ONCE = 500


class Reports:
    """Pages over the index of `advisor`. The check of a corpus is kept until the index or the day changes."""

    def __init__(self, advisor: Advisor) -> None:
        self._advisor = advisor
        self._settings: Settings = advisor.settings
        self._lock = threading.Lock()
        self._checked: tuple[tuple[str, str], CheckResult | None] | None = None
        self.gaps = GapLog(advisor.searcher.store.path.parent)

    def corpus_page(self) -> str:
        found = stats(self._advisor.searcher.store)
        result = self._check(found)
        rows = sorted(found.rows, key=lambda r: r.title.casefold())
        return (
            templates()
            .get_template("report.html")
            .render(
                stats=found,
                rows=rows,
                charts=_charts(found),
                check=result,
                indexed_at=dutch_date(found.indexed_at) if found.indexed_at else "",
                overdue=sum(r.overdue for r in rows),
                date=dutch_date,
            )
        )

    def gaps_page(self) -> str:
        gaps = self.gaps.gaps()
        grouped = themes(gaps, self._advisor.searcher.text_vector)
        page = templates().get_template("gaps.html")
        return page.render(themes=grouped, count=sum(g.times for g in gaps), days=KEPT_DAYS, on=self._settings.keep_gaps, date=dutch_date)

    def _check(self, found: Stats) -> CheckResult | None:
        """The findings, or None while they are being made."""
        key = (found.corpus_version, date.today().isoformat())
        with self._lock:
            if self._checked and self._checked[0] == key:
                return self._checked[1]
            self._checked = (key, None)
        if len(found.rows) > CHECKED_AT_ONCE:
            threading.Thread(target=self._run_check, args=(key,), daemon=True).start()
            return None
        return self._run_check(key)

    def _run_check(self, key: tuple[str, str]) -> CheckResult | None:
        s = self._settings
        try:
            result = check(s.corpus, s.max_file_mb, s.file_limit_s)
        except (PpsError, OSError):  # the folder is not there on this machine: the index still answers
            result = None
        with self._lock:
            self._checked = (key, result) if result else None
        return result


def _charts(found: Stats) -> list[dict]:
    """Bars of documents per domain, kind and age: label, count and width in percent of the longest bar."""
    named = (
        ("Documenten per domein", {labels.DOMEIN.get(k, k): v for k, v in found.counts("domein").items()}),
        ("Documenten per soort", {labels.SOORT.get(k, k): v for k, v in found.counts("soort").items()}),
        ("Laatst gecontroleerd", found.ages()),
    )
    charts = []
    for title, counts in named:
        longest = max(counts.values(), default=0) or 1
        charts.append({"title": title, "bars": [(label, n, round(100 * n / longest)) for label, n in counts.items()]})
    return charts
