// What can be done with a question or an answer: ask one that is offered, ask again, edit, copy, print, save as a file.
(() => {
  const { t } = window.PPS, { pps } = window;

  const fill = (text) => {
    const area = pps.box();
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, text); // past Svelte's own setter
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  pps.fill = fill;
  const ask = (text, alone = false) => {
    if (pps.state.busy) return;
    if (pps.state.lost) {
      pps.announce(t.lost);
      return;
    }
    pps.state.alone = alone;
    fill(text);
    pps.box().focus();
    setTimeout(() => document.querySelector("#vraag .submit-button")?.click(), 50); // Gradio takes the new value over first
  };

  const questionOf = (article) => {
    const heading = article.querySelector(".vraag").cloneNode(true);
    heading.querySelector(".vo")?.remove();
    return pps.turn(article)?.question ?? heading.textContent.trim();
  };

  const edit = (article) => {
    pps.edited();
    pps.state.replacing = true;
    const back = pps.made("button", { type: "button", textContent: t.cancel_edit });
    back.dataset.do = "keep-question";
    const note = pps.made("p", { id: "wijzigen", className: "melding wijzigen" }, `${t.editing} `, back);
    document.getElementById("vragen").prepend(note);
    fill(questionOf(article));
    pps.box().focus();
    pps.announce(t.editing);
  };
  pps.edited = () => document.getElementById("wijzigen")?.remove();

  const copied = async (text) => {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(text);
      return true;
    }
    const area = document.createElement("textarea"); // an intranet without https has no clipboard of its own
    area.value = text;
    area.setAttribute("aria-hidden", "true");
    area.className = "vo";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };

  // Beside the button, so that it is seen where it was asked for; and said once.
  const tell = (button, text) => {
    const list = button.closest(".knoppen");
    list.querySelector(".gedaan")?.remove();
    const note = pps.made("li", { className: "gedaan", textContent: text });
    list.append(note);
    pps.announce(text);
    setTimeout(() => note.remove(), 8000);
  };

  const save = async (article, format) => {
    const turn = pps.turn(article);
    const reply = await fetch(`/api/v1/export?format=${format}&language=${t.lang}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ turns: [{ question: turn.question, answer: turn.answer }] }),
    });
    if (!reply.ok) throw new Error(String(reply.status));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await reply.blob());
    link.download = `${t.file_name}.${format}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  // The page that opens checks the answer and asks on which websites it may stand; nothing is stored before that.
  const embed = (article) => {
    const turn = pps.turn(article);
    const field = pps.made("input", { type: "hidden", name: "antwoord", value: JSON.stringify({ question: turn.question, answer: turn.answer }) });
    const form = pps.made("form", { method: "post", action: "/insluiten", target: "_blank", hidden: true }, field);
    document.body.append(form);
    form.submit();
    form.remove();
  };

  const print = (article) => {
    article.classList.add("dit");
    document.body.dataset.print = "";
    window.print();
    article.classList.remove("dit");
    delete document.body.dataset.print;
  };
  // On paper nothing opens any more: the cited passages are open while it is printed.
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll(".evidence[data-n]:not([open])").forEach((e) => { e.open = true; e.dataset.opened = ""; });
  });
  window.addEventListener("afterprint", () => {
    document.querySelectorAll("[data-opened]").forEach((e) => { e.open = false; delete e.dataset.opened; });
  });

  const work = {
    ask: (button) => ask(button.textContent.trim(), true),
    again: (button, article) => {
      if (pps.state.busy) return;
      pps.state.replacing = true;
      ask(questionOf(article));
    },
    edit: (button, article) => { if (!pps.state.busy) edit(article); },
    "keep-question": () => { pps.edited(); pps.state.replacing = false; fill(""); pps.box().focus(); },
    copy: (button, article) => copied(pps.turn(article).text)
      .then((done) => tell(button, done ? t.copied : t.not_copied), () => tell(button, t.not_copied)),
    print: (button, article) => print(article),
    docx: (button, article) => save(article, "docx").then(() => tell(button, t.saved), () => tell(button, t.not_saved)),
    md: (button, article) => save(article, "md").then(() => tell(button, t.saved), () => tell(button, t.not_saved)),
    embed: (button, article) => embed(article),
    judge: (button, article) => pps.feedback(article),
    history: () => pps.history(),
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-do]");
    if (button) work[button.dataset.do]?.(button, button.closest(".beurt"));
  });
})();
