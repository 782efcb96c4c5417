// The dialog with earlier conversations: open one, erase one, erase all, or keep none.
(() => {
  const { t, store } = window.PPS, { pps } = window, { made } = pps;

  const button = (text, click, className = "") => made("button", { type: "button", textContent: text, onclick: click, className });
  const day = (moment) => new Date(moment).toLocaleDateString(t.lang === "en" ? "en-GB" : "nl-NL", { day: "numeric", month: "long", year: "numeric" });

  // What is erased does not stay on the page either.
  const emptyPage = () => document.getElementById("nieuw")?.click();

  const entry = (conversation, dialog) => {
    const title = conversation.turns[0]?.question || t.nothing_asked;
    const open = button(title, () => {
      dialog.close();
      if (pps.state.busy) return;
      store.save(conversation);
      pps.show(conversation);
      document.querySelector("#verder .html-container > div")?.replaceChildren();
      pps.lastArticle()?.scrollIntoView({ block: "start" });
    }, "titel");
    const erase = button(t.erase, () => {
      store.remove(conversation.id);
      if (conversation.id === pps.state.conversation.id) emptyPage();
      fill(dialog, t.erased_one);
      dialog.querySelector("h2").focus();
    });
    erase.setAttribute("aria-label", `${t.erase}: ${title}`);
    return made("li", {}, open, made("span", { className: "klein", textContent: day(conversation.started) }), erase);
  };

  const sure = (dialog) => {
    const no = button(t.erase_no, () => { fill(dialog); dialog.querySelector("h2").focus(); });
    const yes = button(t.erase_yes, () => {
      store.clear();
      emptyPage();
      fill(dialog, t.erased);
      dialog.querySelector("h2").focus();
    }, "gevaar");
    dialog.querySelector(".alles").replaceChildren(made("p", { textContent: t.erase_sure }), yes, " ", no);
    no.focus();
  };

  // `done` is what was done a moment ago; in a dialog that is open, nothing outside it is heard.
  const fill = (dialog, done = "") => {
    const told = made("p", { className: "uitkomst" });
    told.setAttribute("role", "status");
    setTimeout(() => { told.textContent = done; }, 80);
    const all = store.all();
    const keep = made("input", { type: "checkbox", id: "bewaren", checked: store.keeping() });
    keep.onchange = () => { store.keep(keep.checked); fill(dialog); dialog.querySelector("#bewaren").focus(); };
    const heading = made("h2", { id: "gesprekken-kop", textContent: t.history, tabIndex: -1 });
    dialog.replaceChildren(
      heading,
      told,
      made("p", { textContent: t.history_note }),
      made("label", { className: "keuze" }, keep, ` ${t.keep}`),
      all.length ? made("ul", {}, ...all.map((c) => entry(c, dialog))) : made("p", { textContent: t.history_empty }),
      made("div", { className: "alles" }, ...(all.length ? [button(t.erase_all, () => sure(dialog))] : [])),
      button(t.close, () => dialog.close(), "sluit"),
    );
  };

  pps.history = () => {
    let dialog = document.getElementById("gesprekken");
    if (!dialog) {
      dialog = made("dialog", { id: "gesprekken" });
      dialog.setAttribute("aria-labelledby", "gesprekken-kop");
      document.body.append(dialog);
    }
    fill(dialog);
    dialog.showModal();
    dialog.querySelector("h2").focus();
  };
})();
