// The conversation on the page. The server makes the turn that is being answered (#nu); a finished turn moves to #beurten, which is ours.
window.pps = (() => {
  const { t, store, examples } = window.PPS;
  const fresh = () => ({ id: crypto.randomUUID?.() || `${Date.now()}-${Math.random()}`, started: new Date().toISOString(), turns: [] });
  const state = { conversation: fresh(), run: "", busy: false, discarded: false, replacing: false, alone: false, lost: false, last: null };
  const past = () => document.getElementById("beurten");
  const box = () => document.querySelector("#vraag textarea");
  const lastArticle = () => past()?.querySelector(".beurt:last-of-type");
  const wide = () => window.matchMedia("(min-width: 60rem)").matches;

  const made = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  let silence = 0;
  const announce = (text) => {
    const region = document.getElementById("voorlezen");
    if (!region) return;
    clearTimeout(silence);
    region.textContent = "";
    setTimeout(() => { region.textContent = text; }, 80); // a change that comes with the removal of the old text goes unheard
    silence = setTimeout(() => { region.textContent = ""; }, 15_000); // said once; who reads on finds it in the answer
  };

  const settle = () => {
    state.busy = false;
    store.setPending(null);
    delete document.body.dataset.busy;
    document.querySelector("#nu .html-container > div")?.replaceChildren(); // at once: for a moment it would be there twice
  };

  // The turn that is being answered is called "nu"; once it is past it goes by its run.
  const parsed = (html, run = "") => {
    const template = document.createElement("template");
    template.innerHTML = run ? html.replace(/((?:id|aria-labelledby)="[a-z]+-)nu(?=[-"])/g, `$1${run}`) : html;
    return template.content.querySelector("article");
  };

  const again = () => made("ul", { className: "knoppen" }, ...[["again", t.again], ["edit", t.edit]].map(([work, text]) => {
    const button = made("button", { type: "button", textContent: text });
    button.dataset.do = work;
    return made("li", { className: "laatste" }, button);
  }));

  // What never came to an end: the connection broke, or the server failed.
  const broken = (question, run, why, article) => {
    const told = made("p", { className: "melding fout" }, made("strong", { textContent: `${t.failed_label}.` }), ` ${why}`);
    const shown = article || made("article", { className: "beurt", id: `beurt-${run}` },
      made("h2", { className: "vraag", id: `vraag-${run}` }, made("span", { className: "vo", textContent: `${t.you_asked} ` }), question || t.nothing_asked),
      made("div", { className: "antwoord" }));
    shown.setAttribute("aria-labelledby", `vraag-${run}`);
    shown.dataset.state = "failed";
    shown.removeAttribute("aria-busy");
    shown.querySelector(".bezig")?.remove();
    shown.querySelector(".antwoord").append(told, again());
    return shown;
  };

  const keep = (article, turn) => {
    state.conversation.turns.push({ ...turn, html: article.outerHTML });
    store.save(state.conversation);
  };

  // The first source stands open where there is room for it beside the answer.
  const openFirst = (article) => { if (wide()) article.querySelector(".evidence[data-n]")?.setAttribute("open", ""); };

  const dropLast = () => {
    const article = lastArticle();
    if (!article) return;
    if (state.conversation.turns.at(-1)?.id === article.id.slice("beurt-".length)) state.conversation.turns.pop();
    article.remove();
  };

  const show = (conversation) => {
    state.conversation = conversation;
    state.last = null;
    past()?.replaceChildren(...conversation.turns.map((turn) => parsed(turn.html)).filter(Boolean));
    document.body.toggleAttribute("data-talking", conversation.turns.length > 0);
  };

  const fail = (question, run, why, html = "") => {
    const article = broken(question, run, why, html && parsed(html, run));
    past().append(article);
    keep(article, { id: run, state: "failed", question });
    document.body.toggleAttribute("data-talking", true);
    announce(`${t.failed_label}. ${why}`);
  };

  return {
    state,
    announce,
    past,
    box,
    made,
    lastArticle,
    show,
    fresh,
    turn: (article) => state.conversation.turns.find((turn) => `beurt-${turn.id}` === article.id),

    // What goes to the server with a question, as JSON: a name for this run, and what came before. A question that was offered was
    // tried as it stands: it goes alone.
    begin(question) {
      if (state.replacing) dropLast();
      window.pps.edited?.();
      const before = state.alone ? [] : state.conversation.turns.filter((turn) => turn.reply);
      Object.assign(state, { busy: true, discarded: false, replacing: false, alone: false, run: fresh().id });
      document.body.dataset.busy = "";
      document.body.toggleAttribute("data-talking", true);
      store.setPending({ question, run: state.run });
      store.setDraft("");
      window.pps.hideQuote?.();
      setTimeout(() => document.querySelector("#nu article")?.scrollIntoView({ block: "start" }), 120);
      if (state.lost) setTimeout(() => window.pps.lost(), 0); // nothing is sent any more until the page opens again
      const messages = before.flatMap((turn) => [
        { role: "user", content: turn.message },
        { role: "assistant", content: turn.reply },
      ]);
      return JSON.stringify({ run: state.run, messages: messages.slice(-12) });
    },

    // The turn is whole, was stopped, or broke off: it moves to the past. Gives what #nu holds from now on.
    finish(html) {
      if (!state.busy) return "";
      const asked = store.pending();
      settle();
      state.last = null;
      if (state.discarded) return "";
      const article = html && parsed(html, state.run);
      if (!article || article.querySelector(".bezig")) {
        fail(asked?.question || "", state.run, t.failed_here, html);
        return "";
      }
      const turn = JSON.parse(article.dataset.turn || "{}");
      article.removeAttribute("data-turn");
      openFirst(article);
      past().append(article);
      state.last = turn.reply ? turn : null;
      keep(article, turn);
      const footer = article.querySelector(".stand")?.textContent || "";
      const read = [...article.querySelectorAll(".tekst, .melding")].map((e) => e.textContent.replace(/\s+/g, " ").trim()).join(" ");
      announce([turn.reply ? t.done : "", footer && `${footer}${footer.endsWith(".") ? "" : "."}`, read].filter(Boolean).join(" "));
      return "";
    },

    // A memo of guided advice becomes a turn of its own. What was being edited is no longer the last one.
    keepMemo(article, turn) {
      window.pps.edited?.();
      state.replacing = false;
      past().append(article);
      keep(article, turn);
      document.body.toggleAttribute("data-talking", true);
    },

    // The question that is being answered was refused: as if it had not been asked. Gives its text.
    refused() {
      if (!state.busy) return "";
      const asked = store.pending();
      settle();
      show(store.current() || fresh()); // what it was to replace is there again
      return asked?.question || "";
    },

    // The connection is gone: whatever was being answered will not come.
    lost() {
      state.lost = true;
      if (!state.busy) return; // a reload breaks the connection too: what is being kept for the page that comes stays
      const asked = store.pending();
      const html = document.querySelector("#nu article")?.outerHTML || "";
      settle();
      if (!state.discarded) fail(asked?.question || "", state.run, t.failed, html);
    },

    // What the suggestions need to know of the last answer.
    told() {
      const turn = state.last;
      if (!turn || !["answered", "partial", "not_in_corpus"].includes(turn.status)) return "{}";
      return JSON.stringify({ question: turn.standalone, documents: turn.documents, shown: turn.shown });
    },

    // What stands in the place of suggestions, given what was found: an empty page has its examples there.
    offered: (html) => (state.conversation.turns.length || state.busy ? html : examples),

    // An empty page: the values of #nu, the question box and the suggestions.
    freshPage() {
      if (state.busy) {
        state.discarded = true;
        document.getElementById("stop")?.click();
      }
      window.pps.edited?.();
      state.replacing = false;
      store.leave();
      store.setDraft("");
      window.pps.leaveGuide();
      show(fresh());
      box()?.focus();
      return ["", "", examples];
    },

    // After a reload of the same tab everything is there again: the conversation, what was asked, and what was being typed.
    restore() {
      if (state.busy) return "";
      const kept = store.current(), asked = store.pending();
      if (kept) show(kept);
      if (asked) {
        store.setPending(null);
        fail(asked.question, asked.run, t.failed);
      }
      if (store.draft() && !box()?.value) window.pps.fill(store.draft());
      window.pps.resumeGuide();
      return state.conversation.turns.length ? "" : examples;
    },
  };
})();
