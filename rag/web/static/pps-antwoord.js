// <pps-antwoord antwoord="…">: an answer of the advisor within any page, in a shadow tree of its own. Text is only ever set as text.
// Attributes: antwoord (the id), thema (licht, donker or auto), kop (level of the question's heading, 2 to 5).
(() => {
  "use strict";
  const base = document.currentScript.src.replace(/\/embed\/pps-antwoord\.js.*$/, "");
  const own = {
    nl: {
      busy: "Het antwoord wordt opgehaald…",
      refused: "Het antwoord kan hier niet worden getoond. Misschien is deze website niet toegestaan of is de adviseur nu niet te bereiken.",
      open: "Bekijk het antwoord bij de adviseur",
    },
    en: {
      busy: "Fetching the answer…",
      refused: "The answer cannot be shown here. This website may not be allowed, or the advisor cannot be reached now.",
      open: "See the answer at the advisor",
    },
  };
  const look = `
    :host { display: block; color-scheme: light dark; --ink: light-dark(#001a40, #eef1f6); --quiet: light-dark(#3d5374, #bcc7d8);
      --paper: light-dark(#fff, #10161f); --line: light-dark(#c0c7d2, #3a4a61); --link: light-dark(#00568b, #8ecef6);
      --note: light-dark(#f4fafe, #16283a); --mark: light-dark(#fff1bb, #4d3f00); }
    :host([thema="licht"]) { color-scheme: light; }
    :host([thema="donker"]) { color-scheme: dark; }
    article { box-sizing: border-box; padding: 1rem 1.25rem; color: var(--ink); background: var(--paper); border: 1px solid var(--line);
      border-radius: 4px; font: 1rem/1.6 system-ui, "Segoe UI", "Noto Sans", sans-serif; overflow-wrap: break-word; text-align: start; }
    h2, h3, h4, h5, h6 { font-size: 1.0625rem; line-height: 1.4; margin: 1.25rem 0 0.35rem; }
    .vraag { font-size: 1.25rem; margin-top: 0; }
    p, ul, ol { margin: 0 0 0.75rem; }
    a { color: var(--link); text-underline-offset: 0.18em; }
    a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    .mark { display: inline-block; min-width: 1.5rem; text-align: center; font-size: 0.8125rem; line-height: 1.5rem; }
    .melding { background: var(--note); border-left: 4px solid var(--link); padding: 0.5rem 0.75rem; }
    .oud { background: var(--mark); font-weight: 600; }
    ol { padding-left: 1.75rem; font-size: 0.9375rem; }
    li > p { margin: 0; }
    li > p > a { display: inline-block; min-height: 1.5rem; vertical-align: top; }
    summary { min-height: 1.5rem; width: fit-content; cursor: pointer; color: var(--link); }
    .citaat { border-left: 3px solid var(--line); padding-left: 0.75rem; margin: 0; white-space: pre-line; }
    .steun, footer { color: var(--quiet); font-size: 0.875rem; }
    footer { border-top: 1px solid var(--line); padding-top: 0.75rem; }
    .verder { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 0; font-size: 1rem; font-weight: 600; }
    .vo { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }`;

  /** An element with attributes, and children that are elements or text. */
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value) element.setAttribute(key, value);
    element.append(...children.filter((child) => child !== ""));
    return element;
  };

  /** A link out of the page; plain text where the address is not one of the web. */
  const link = (url, text, labels, attributes = {}) => {
    if (!/^https?:\/\//i.test(url)) return text;
    const told = labels.new_window ? [make("span", { class: "vo" }, ` ${labels.new_window}`)] : [];
    return make("a", { href: url, target: "_blank", rel: "noopener", ...attributes }, text, ...told);
  };

  /** A title of which the part in another language is marked. */
  const titled = (s) => (s.language === "nl" ? s.title : make("span", {}, make("span", { lang: s.language }, s.work), s.title.slice(s.work.length)));

  class PpsAntwoord extends HTMLElement {
    static observedAttributes = ["antwoord", "kop"];

    #asked = 0;

    constructor() {
      super();
      const sheet = new CSSStyleSheet(); // a policy of the page against inline style does not reach it
      sheet.replaceSync(look);
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    }

    connectedCallback() {
      this.#load();
    }

    attributeChangedCallback(_, before, now) {
      if (this.isConnected && before !== now) this.#load();
    }

    async #load() {
      const asked = ++this.#asked;
      const id = this.getAttribute("antwoord")?.trim() ?? "";
      const t = own[this.closest("[lang]")?.lang.startsWith("en") ? "en" : "nl"];
      this.#show(make("article", { "aria-busy": "true" }, make("p", { role: "status" }, t.busy)));
      let shown;
      try {
        const reply = await fetch(`${base}/api/v1/embeds/${encodeURIComponent(id)}`, { credentials: "omit", referrerPolicy: "no-referrer" });
        const body = await reply.json();
        shown = reply.ok ? this.#answer(body) : this.#refused(body.detail || t.refused, t);
      } catch {
        shown = this.#refused(t.refused, t, id);
      }
      if (asked === this.#asked) this.#show(shown);
    }

    #show(element) {
      this.shadowRoot.replaceChildren(element);
    }

    #refused(text, t, id = "") {
      const page = id ? `${base}/embed/antwoord/${encodeURIComponent(id)}` : `${base}/`;
      return make("article", {}, make("p", { role: "alert" }, text), make("p", { class: "verder" }, link(page, id ? t.open : base, {})));
    }

    #answer(e) {
      const level = Math.min(Math.max(Number.parseInt(this.getAttribute("kop"), 10) || 2, 2), 5);
      const heading = (depth, ...children) => make(`h${level + depth}`, {}, ...children);
      const question = make(`h${level}`, { class: "vraag", id: "vraag" }, e.question);
      const place = new Map(e.citations.map((c) => [c.n, c]));
      const mark = (n) => {
        const made = make("span", {}, link(place.get(n)?.url ?? "", `[${n}]`, e.labels, { class: "mark" }));
        (made.querySelector("a") ?? made).prepend(make("span", { class: "vo" }, `${e.labels.source} `));
        return made;
      };
      const marks = (line) => line.marks.flatMap((n) => [" ", mark(n)]);
      const text = make("div", { lang: e.spoken });
      for (const block of e.blocks) {
        if (block.kind === "heading") text.append(heading(1, block.lines[0].text));
        else if (block.kind === "list") text.append(make("ul", {}, ...block.lines.map((line) => make("li", {}, line.text, ...marks(line)))));
        else text.append(make("p", {}, ...block.lines.flatMap((line) => [line.text, ...marks(line), " "])));
      }
      const sources = make("ol", { lang: "nl" }, ...e.citations.map((c) => this.#source(c, e)));
      const foot = make(
        "footer",
        {},
        make("p", {}, [e.published_text, e.version_text, e.by, e.labels.caution].filter(Boolean).join(" ")),
        make("p", { class: "verder" }, link(e.urls.page, e.labels.look, e.labels), link(e.urls.chat, e.labels.ask, e.labels)),
      );
      const old = e.freshness.text ? [make("p", { class: "melding oud" }, e.freshness.text)] : [];
      const notices = e.notices.map((notice) => make("p", { class: "melding" }, notice));
      const all = [question, ...old, text, ...notices, heading(1, e.labels.sources), sources, foot];
      return make("article", { lang: e.language, "aria-labelledby": "vraag" }, ...all);
    }

    #source(c, e) {
      const rests = c.sources.flatMap((s, i) => [i ? "; " : " ", link(s.url, titled(s), e.labels), s.about ? ` (${s.about})` : ""]);
      const summary = make("summary", { lang: e.language }, e.labels.quote, make("span", { class: "vo" }, ` (${e.labels.source} ${c.n})`));
      return make(
        "li",
        { value: String(c.n) },
        make("p", {}, link(c.url, c.place, e.labels)),
        make("details", {}, summary, ...c.quote.map((line) => make("p", { class: "citaat" }, line))),
        ...(c.sources.length ? [make("p", { class: "steun" }, make("span", { lang: e.language }, e.labels.rests_on), ...rests)] : []),
      );
    }
  }

  if (!customElements.get("pps-antwoord")) customElements.define("pps-antwoord", PpsAntwoord);
})();
