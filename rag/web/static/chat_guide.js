// Guided advice within the chat: the pages of /advies, and the sources that a memo cites, in a dialog over the conversation. Opened with
// a modifier key, or from a chat that stands in another page, the links lead to those pages themselves. A shadow tree keeps the styles
// of pages and chat apart. A memo that is finished stays in the conversation, as a turn with its address.
(() => {
  const { t, store } = window.PPS, { pps } = window, { made } = pps;
  const STYLES = ["source.css", "guides.css"], MEMO = /^\/advies\/([^/]+)\/memo$/;
  let dialog = null, root = null, sheet = null, opener = null, asked = 0, memo = null;
  let { from = "", at = "" } = store.guide() || {}; // the link that opened the advice, and the page it is at

  const button = (text, onclick, className) => made("button", { type: "button", textContent: text, onclick, className });
  const plain = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  const ours = (link) => link.origin === location.origin && /^\/(advies|bron)(\/|$)/.test(link.pathname);

  const build = () => {
    const host = made("div", { className: "vak" });
    root = host.attachShadow({ mode: "open" });
    sheet = made("div", { className: "blad", lang: "nl" });
    const styles = STYLES.map((name) => made("link", { rel: "stylesheet", href: `/static/${name}` }));
    const ready = Promise.all(styles.map((link) => new Promise((done) => { link.onload = link.onerror = done; })));
    root.append(...styles, sheet);
    root.addEventListener("click", clicked);
    root.addEventListener("submit", sent);
    dialog = made("dialog", { id: "advies" },
      made("div", { className: "balk" }, button(t.to_chat, () => dialog.close(), "sluit"), button(t.to_memo, toMemo, "naar-memo")),
      made("p", { className: "klein" }), host);
    dialog.setAttribute("aria-label", t.guided_title);
    dialog.querySelector("p").setAttribute("role", "status");
    dialog.addEventListener("close", closed);
    document.body.append(dialog);
    return ready;
  };
  let styled = null;
  const tell = (...said) => dialog.querySelector("p").replaceChildren(...said);

  // Where a reader begins to read: what is asked for in the address, what is wrong, or the heading.
  const arrive = (hash = "") => {
    const target = hash && root.getElementById(hash);
    const place = target || sheet.querySelector("[autofocus]") || sheet.querySelector("h1") || sheet;
    if (!place.matches("a, button, input, summary")) place.tabIndex = -1;
    place.focus({ preventScroll: true });
    if (target) target.scrollIntoView({ block: "start" });
    else root.host.scrollTop = 0;
  };

  const place = (open) => store.setGuide({ from, at, open });

  const shown = (html, address) => {
    if (address.pathname.startsWith("/advies")) {
      at = address.pathname + address.search;
      place(true);
    }
    const main = new DOMParser().parseFromString(html, "text/html").querySelector("main");
    main.querySelectorAll("script").forEach((script) => script.remove());
    sheet.className = `blad ${main.className}`;
    sheet.replaceChildren(...main.childNodes);
    const print = root.getElementById("afdrukken");
    if (print) {
      print.hidden = false;
      print.firstElementChild.onclick = () => window.print();
    }
    dialog.querySelector(".naar-memo").hidden = !memo;
    if (MEMO.test(address.pathname)) remember(address, sheet.querySelector("h1").textContent.trim());
  };

  const load = async (wanted) => {
    const turn = ++asked, slow = setTimeout(() => tell(t.guide_busy), 400);
    let reply = null, html = "";
    try {
      [reply] = await Promise.all([fetch(wanted), styled]);
      html = await reply.text();
    } catch { reply = null; } // told below
    clearTimeout(slow);
    if (turn !== asked || !dialog.open) return;
    tell();
    if (reply?.status === 401) {
      tell(...pps.loginNote());
      return;
    }
    if (!reply?.ok) {
      tell(`${t.guide_failed} `, made("a", { href: wanted, target: "_blank", rel: "noopener", textContent: t.guide_page }));
      return;
    }
    shown(html, new URL(reply.url));
    arrive(new URL(wanted, location.href).hash.slice(1));
  };

  // To a source and back: the memo stays as it was left, also what was open in it.
  const toSource = (link) => {
    memo ??= { nodes: [...sheet.childNodes], className: sheet.className, scroll: root.host.scrollTop, focus: link };
    load(link.href);
  };
  const toMemo = () => {
    asked++;
    tell();
    sheet.className = memo.className;
    sheet.replaceChildren(...memo.nodes);
    root.host.scrollTop = memo.scroll;
    memo.focus.focus({ preventScroll: true });
    memo = null;
    dialog.querySelector(".naar-memo").hidden = true;
  };

  const clicked = (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !plain(event) || link.hasAttribute("download") || link.target) return;
    const local = link.getAttribute("href");
    if (local.startsWith("#")) arrive(local.slice(1));
    else if (ours(link) && link.pathname.startsWith("/bron")) toSource(link);
    else if (ours(link)) load(link.href);
    else {
      Object.assign(link, { target: "_blank", rel: "noopener noreferrer" });
      return;
    }
    event.preventDefault();
  };

  const sent = (event) => {
    event.preventDefault();
    load(`${new URL(event.target.action).pathname}?${new URLSearchParams(new FormData(event.target))}`);
  };

  const remember = (address, title) => {
    const href = address.pathname + address.search, { turns } = pps.state.conversation;
    if (turns.some((turn) => turn.memo === href)) return;
    const id = pps.fresh().id, link = (properties) => made("li", {}, made("a", properties));
    const file = (kind) => href.replace("/memo?", `/memo.${kind}?`);
    const reopen = link({ href, textContent: t.memo_open });
    reopen.firstChild.dataset.guide = "";
    const actions = made("ul", { className: "knoppen" }, reopen,
      link({ href: file("docx"), download: "", textContent: t.word, title: t.memo_word }),
      link({ href: file("md"), download: "", textContent: t.markdown, title: t.memo_markdown }));
    actions.setAttribute("aria-label", t.memo_actions);
    const heading = made("h2", { className: "vraag", id: `vraag-${id}` },
      made("span", { className: "vo", textContent: `${t.memo_label} ` }), made("span", { lang: "nl", textContent: title }));
    const article = made("article", { className: "beurt", id: `beurt-${id}` }, heading,
      made("div", { className: "antwoord" }, made("p", { textContent: t.memo_made }), actions));
    article.setAttribute("aria-labelledby", `vraag-${id}`);
    pps.keepMemo(article, { id, state: "memo", question: title, memo: href });
    tell(t.memo_kept);
  };

  // The browser's own "back" goes a step back in the advice, and out of it at its beginning: not out of the chat.
  const mark = () => history.pushState({ advies: true }, "");
  window.addEventListener("popstate", () => {
    if (!dialog?.open) return;
    const back = sheet.querySelector(".back a");
    if (!memo && !back) {
      dialog.close();
      return;
    }
    if (memo) toMemo();
    else load(back.href);
    mark();
  });

  const closed = () => {
    place(false);
    if (history.state?.advies) history.back();
    const first = [opener, pps.lastArticle()?.querySelector("[data-guide]"), pps.box()].find((e) => e?.isConnected && e.checkVisibility());
    first?.focus();
  };

  const enter = () => {
    dialog.showModal();
    if (!history.state?.advies) mark(); // a reload keeps what was marked
    memo = null;
    dialog.querySelector(".naar-memo").hidden = true;
  };

  // A flow that was left half-way goes on where it was left.
  const open = (link) => {
    styled ??= build();
    const goesOn = from === link.href && at && !MEMO.test(new URL(at, location.href).pathname);
    const stands = goesOn && !memo && sheet.querySelector("form");
    opener = link;
    from = link.href;
    enter();
    if (stands) {
      place(true);
      arrive();
      return;
    }
    sheet.replaceChildren();
    load(goesOn ? at : link.href);
  };

  // After a reload it stands open where it stood.
  pps.resumeGuide = () => {
    if (!store.guide()?.open || dialog?.open) return;
    styled ??= build();
    opener = [...document.querySelectorAll("a[data-guide]")].find((link) => link.href === from);
    enter();
    load(at);
  };

  // Another conversation begins without it.
  pps.leaveGuide = () => {
    from = at = "";
    store.setGuide(null);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-guide]");
    if (!link || link.target || !plain(event)) return;
    event.preventDefault();
    open(link);
  });
})();
