"""How the pages of editors on embeds look: what is shown of each, in which words."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from rag.embeds import view
from rag.embeds.compare import Row, compare
from rag.embeds.confirm import Confirmed, Given
from rag.embeds.embed import Embed
from rag.embeds.freshness import Change, Freshness
from rag.export.paper import passage_path
from rag.language.dates import dutch_date
from rag.statuses import statuses
from rag.web.embed_shelf import Shelf
from rag.web.embed_snippets import snippets
from rag.web.render import templates

#: The address of the list; an embed stands below it.
PAGE = "/insluiten"
PER_PAGE = 25
#: Pixels across of the preview.
WIDTH = 700
DONE = {
    "geplaatst": "Het antwoord is geplaatst. Kopieer hieronder de code voor uw pagina.",
    "websites": "De websites zijn gewijzigd. Dat geldt meteen.",
    "ingetrokken": "Het antwoord is ingetrokken. Op de pagina’s waar het stond, staat dat nu ook.",
    "vervangen": "Het nieuwe antwoord is geplaatst. Op de pagina’s waar het oude stond, staat nu het nieuwe.",
    "gewist": "Het ingesloten antwoord is gewist.",
}
CHANGES = {
    "gewijzigd": "De passage is gewijzigd.",
    "verdwenen": "Het document staat niet meer in de bronnen.",
    "vervallen": "Het document is niet meer in gebruik.",
}
ROWS = {
    "gelijk": "Zelfde zin",
    "bron_anders": "Zelfde zin, andere bron",
    "gewijzigd": "Zin gewijzigd",
    "vervallen": "Zin vervallen",
    "nieuw": "Nieuwe zin",
}


class EmbedPages:
    """The pages over one shelf of embeds. `token` stands in every form; `wrong` maps a field to what is wrong with it."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def listed(self, token: str, *, done: str = "", page: int = 1, wrong: str = "", question: str = "") -> str:
        """The list, those whose sources changed first, with the form to ask a question."""
        embeds = self._shelf.store.listed()
        items = [_item(e, f) for e, f in zip(embeds, self._shelf.all_fresh(embeds), strict=True)]
        items.sort(key=lambda item: not item["old"])  # stable: within these, the last one published first
        return _render(
            "embeds.html",
            token,
            done,
            items=items[(page - 1) * PER_PAGE : page * PER_PAGE],
            count=len(items),
            old=sum(item["old"] for item in items),
            at=page,
            last=max(1, ceil(len(items) / PER_PAGE)),
            wrong=wrong,
            question=question,
        )

    def check(
        self, token: str, given: Given, confirmed: Confirmed, websites: str | None = None, wrong: Mapping[str, str] | None = None
    ) -> str:
        """An answer as it would be published, with the form to do so."""
        preview = Embed(confirmed.content, ())
        return _render(
            "embed_check.html",
            token,
            e=view.shown(preview, Freshness(), view.Addresses("", "")),
            left_out=confirmed.left_out,
            given=given.model_dump_json(),
            websites="\n".join(self._shelf.settings.embed_origins) if websites is None else websites,
            wrong=wrong or {},
        )

    def one(
        self,
        token: str,
        embed: Embed,
        site: str,
        *,
        done: str = "",
        websites: str | None = None,
        wrong: Mapping[str, str] | None = None,
    ) -> str:
        """One embed: how it looks, what to copy, and what can be done with it."""
        fresh = self._shelf.fresh(embed)
        at = view.Addresses(site, self._shelf.signer.public(embed.id))
        return _render(
            "embed_item.html",
            token,
            done,
            item=_item(embed, fresh),
            changes=[_change(c) for c in fresh.changes],
            frame=f"/embed/antwoord/{at.public}",
            snippets=[] if embed.revoked else snippets(embed, fresh, at),
            height=view.height(embed.content, WIDTH),
            websites="\n".join(embed.origins) if websites is None else websites,
            wrong=wrong or {},
        )

    def compared(
        self,
        token: str,
        embed: Embed,
        given: Given,
        confirmed: Confirmed | None,
        why: str = "",
        wrong: Mapping[str, str] | None = None,
    ) -> str:
        """The published answer beside the one of now; `why` tells what keeps the latter from being published."""
        rows = compare(embed.content, confirmed.content) if confirmed else []
        return _render(
            "embed_compare.html",
            token,
            item=_item(embed, self._shelf.fresh(embed)),
            rows=[{"row": r, "told": ROWS[r.kind]} for r in rows],
            summary=_summary(rows),
            e=view.shown(Embed(confirmed.content, ()), Freshness(), view.Addresses("", "")) if confirmed else None,
            left_out=confirmed.left_out if confirmed else 0,
            given=given.model_dump_json(),
            why=why,
            wrong=wrong or {},
        )


def _render(name: str, token: str, done: str = "", **values: object) -> str:
    return templates().get_template(name).render(page=PAGE, token=token, done=DONE.get(done, ""), **values)


def _item(embed: Embed, fresh: Freshness) -> dict:
    state = "ingetrokken" if embed.revoked else "geplaatst"
    return {
        "e": embed,
        "state": state,
        "old": not fresh and not embed.revoked,
        "since": dutch_date(fresh.since) if fresh.since else "",
        "published": dutch_date(embed.published.date()),
        "revoked": dutch_date(embed.revoked.date()) if embed.revoked else "",
        "status": statuses()[embed.content.status].label["nl"],
    }


def _change(change: Change) -> dict:
    r = change.cited.reference
    document_id = change.cited.passage_id.rsplit(".", 1)[0]
    return {
        "n": r.n,
        "title": r.title,
        "url": passage_path(document_id, change.cited.passage_id),
        "told": CHANGES[change.kind],
        "since": dutch_date(change.since),
        "stands": change.stands,
    }


def _summary(rows: list[Row]) -> str:
    """How many sentences stayed and how many did not, as one sentence."""
    counts = {kind: sum(r.kind == kind for r in rows) for kind in ROWS}
    told = {
        "gelijk": "gelijk",
        "bron_anders": "gelijk met een andere bron",
        "gewijzigd": "gewijzigd",
        "vervallen": "vervallen",
        "nieuw": "nieuw",
    }
    return ", ".join(f"{n} {told[kind]}" for kind, n in counts.items() if n)
