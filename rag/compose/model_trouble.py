"""What goes wrong with a language model, told in Dutch. Nothing of a key or of a page of HTML ends up in a message."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from rag.errors import ModelError, ModelTimeoutError, PpsError

_BY_STATUS = {
    400: "weigert de vraag; mogelijk is hij te lang, of klopt de naam van het model niet",
    401: "weigert de sleutel; controleer PPS_LLM_API_KEY",
    403: "geeft geen toegang; controleer PPS_LLM_API_KEY",
    404: "is er niet onder deze naam of op dit adres; controleer PPS_LLM",
    413: "vindt de vraag te lang",
    429: "is te druk; probeer het later opnieuw",
    503: "is nu niet beschikbaar; probeer het later opnieuw",
}


def explained(name: str, error: Exception) -> ModelError:
    """The error of the client library as one that a reader understands."""
    if isinstance(error, ModelError):
        return error
    start = f"Het taalmodel {name} "
    kinds = " ".join(type(e).__name__ for e in _chain(error))
    if "imeout" in kinds:
        return ModelTimeoutError(start + "antwoordt niet op tijd.")
    if isinstance(error, PpsError):
        return ModelError(str(error))
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return ModelError(start + _BY_STATUS.get(status, f"gaf een fout (HTTP {status})") + ".")
    if isinstance(error, json.JSONDecodeError) or "No generation chunks" in str(error):
        return ModelError(start + "gaf een antwoord dat niet te lezen is; staat er op dit adres wel een taalmodel?")
    if "ConnectError" in kinds:
        return ModelError(start + "is niet te bereiken; start het, of controleer PPS_LLM.")
    if any(kind in kinds for kind in ("Connection", "Protocol", "ReadError")):
        return ModelError(start + "verbrak de verbinding.")
    told = re.sub(r"\s+", " ", str(error))[:200]
    return ModelError(start + f"gaf een fout: {told}")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from: client libraries wrap the network's own errors."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def retry_after_s(error: Exception) -> float | None:
    """Seconds after which a busy endpoint wants to be asked again; None where it does not ask for that."""
    if getattr(error, "status_code", None) not in (429, 503):
        return None
    try:
        seconds = float(error.response.headers["retry-after"])  # type: ignore[attr-defined]
    except (AttributeError, KeyError, ValueError):  # absent, or a date: not worth waiting for
        return None
    return seconds if seconds >= 0 else None
