"""What an editor copies into another page: four forms of the same answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from rag.embeds import view
from rag.embeds.embed import Embed
from rag.embeds.freshness import Freshness
from rag.embeds.words import WORDS
from rag.web.render import templates

_FRAME_WIDTH = 640


@dataclass(frozen=True, slots=True)
class Snippet:
    """`key` tells it from the others on a page; `lines` is about how many it fills."""

    key: str
    title: str
    explanation: str
    code: str

    @property
    def lines(self) -> int:
        return min(12, sum(1 + len(line) // 90 for line in self.code.splitlines()))


def snippets(embed: Embed, fresh: Freshness, at: view.Addresses) -> list[Snippet]:
    """The frame, the address for oEmbed, the component and the static HTML."""
    e = view.shown(embed, fresh, at)
    given = {"e": e, "site": at.site, "look": WORDS[embed.content.language].look, "urls": {c["n"]: c["url"] for c in e["citations"]}}
    frame = _html("embed_iframe.html", **given, width="100%", height=view.height(embed.content, _FRAME_WIDTH))
    return [
        Snippet(
            "iframe",
            "Kader (iframe)",
            "Werkt op bijna elke pagina waar u HTML kunt plakken. Het script laat het kader meegroeien; laat uw website geen script toe, "
            "haal die regel dan weg. Het kader schuift dan als het te klein is.",
            frame + _html("embed_iframe_more.html", **given),
        ),
        Snippet(
            "oembed",
            "Adres (oEmbed)",
            "Plak dit adres op een eigen regel in WordPress, Drupal of Confluence. Uw beheerder moet de adviseur daar eerst toevoegen; "
            f"het adres voor oEmbed is {at.site}/oembed",
            at.page,
        ),
        Snippet(
            "component",
            "Onderdeel (pps-antwoord)",
            "Het antwoord wordt deel van uw pagina. Daarvoor moet uw website scripts van de adviseur toelaten.",
            _html("embed_component.html", **given),
        ),
        Snippet(
            "html",
            "Vaste tekst (HTML)",
            "Een kopie van nu. Zij verandert niet mee, ook niet als u het antwoord intrekt: kijk zelf of zij nog klopt.",
            _html("embed_static.html", **given),
        ),
    ]


def oembed_address(at: view.Addresses) -> str:
    """Where oEmbed tells of an embed."""
    return f"{at.site}/oembed?url={quote(at.page, safe='')}&format=json"


def _html(name: str, **values: object) -> str:
    return re.sub(r"\n\s*\n", "\n", templates().get_template(name).render(**values)).strip() + "\n"
