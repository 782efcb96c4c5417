"""Is a question Dutch or English? py3langid, limited to the two languages the advisor answers in."""

from __future__ import annotations

from functools import lru_cache

_ENGLISH = frozenset("what how which who when where why does did is are the of in by between can should may do explain".split())
_DUTCH = frozenset("wat hoe welke welk wie wanneer waar waarom is zijn de het een van mag kan moet leg bij voor en".split())


@lru_cache(maxsize=1)
def _identifier():  # noqa: ANN202 - py3langid has no public type
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
    identifier.set_languages(["nl", "en"])
    return identifier


def detect_language(text: str) -> str:
    """`nl` or `en`. Function words decide where they are clear; the statistical model otherwise; Dutch on doubt."""
    found = text.lower().replace("?", " ").split()
    english = sum(w in _ENGLISH for w in found) - sum(w in _DUTCH for w in found)
    if english >= 2:
        return "en"
    if english < 0 or len(found) < 3:
        return "nl"
    language, probability = _identifier().classify(text)
    return "en" if language == "en" and probability > 0.9 else "nl"
