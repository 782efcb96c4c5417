// The dialog in which a reader says of a sentence whether it is right and whether its source fits.
(() => {
  const { t } = window.PPS, { pps } = window, { made } = pps;
  const VERDICTS = [["klopt", t.verdict_right], ["klopt_niet", t.verdict_wrong], ["bron_past_niet", t.verdict_source]];

  const sentences = (turn, chosen) => turn.answer.sentences.map((sentence, i) =>
    made("option", { value: i + 1, textContent: `${i + 1}. ${sentence.text}`, selected: i + 1 === chosen }));

  const verdicts = () => VERDICTS.map(([value, label]) =>
    made("label", { className: "keuze" }, made("input", { type: "radio", name: "oordeel", value, required: true }), ` ${label}`));

  // The passages of the sentence go along as their ids: the editor sees what the reader saw.
  const send = async (turn, form) => {
    const number = Number(form.elements.zin.value), sentence = turn.answer.sentences[number - 1];
    const cited = turn.answer.citations.filter((c) => sentence?.citations.includes(c.n));
    const reply = await fetch(`/api/v1/answers/${encodeURIComponent(turn.id)}/feedback`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        sentence: number,
        verdict: form.elements.oordeel.value,
        remark: form.elements.opmerking.value,
        question: turn.question,
        text: sentence?.text || "",
        passage_ids: cited.map((c) => c.passage_id),
        corpus_version: turn.answer.corpus_version,
      }),
    });
    if (!reply.ok) throw new Error(String(reply.status));
    return (await reply.json()).message;
  };

  const fill = (dialog, turn, chosen) => {
    const told = made("p", { className: "uitkomst" });
    told.setAttribute("role", "status");
    const remark = made("textarea", { id: "oordeel-opmerking", name: "opmerking", rows: 3, maxLength: 2000 });
    remark.setAttribute("aria-describedby", "oordeel-let-op oordeel-bewaard");
    const form = made("form", { noValidate: true },
      made("h2", { id: "oordeel-kop", textContent: t.feedback_title, tabIndex: -1 }),
      made("p", {}, made("label", { htmlFor: "oordeel-zin", className: "label", textContent: t.sentence }),
        made("select", { id: "oordeel-zin", name: "zin" }, made("option", { value: 0, textContent: t.whole_answer }), ...sentences(turn, chosen))),
      made("fieldset", {}, made("legend", { className: "label", textContent: t.verdict }), ...verdicts()),
      made("p", {}, made("label", { htmlFor: "oordeel-opmerking", className: "label", textContent: t.remark }), remark),
      made("p", { id: "oordeel-let-op", className: "klein", textContent: t.remark_note }),
      made("h3", { textContent: t.stored_label }),
      made("p", { id: "oordeel-bewaard", className: "klein", textContent: document.getElementById("bewaard").textContent }),
      told,
      made("div", { className: "rij" },
        made("button", { type: "submit", className: "hoofd", textContent: t.send }),
        made("button", { type: "button", textContent: t.close, onclick: () => dialog.close() })),
    );
    form.onsubmit = (event) => {
      event.preventDefault();
      const missing = !form.elements.oordeel.value;
      told.classList.toggle("fout", missing);
      if (missing) {
        told.textContent = t.choose_verdict;
        form.querySelector("[name=oordeel]").focus();
        return;
      }
      const button = form.querySelector("[type=submit]");
      button.disabled = true; // one press, one verdict
      send(turn, form).then(
        (message) => { told.textContent = t.lang === "nl" ? message : t.thanks; },
        () => {
          told.classList.add("fout");
          told.textContent = t.not_sent;
          button.disabled = false;
        },
      );
    };
    dialog.replaceChildren(form);
  };

  // The sentence whose quote was looked at last is the one that is meant, as long as the reader does not choose another.
  pps.feedback = (article) => {
    let dialog = document.getElementById("oordeel");
    if (!dialog) {
      dialog = made("dialog", { id: "oordeel" });
      dialog.setAttribute("aria-labelledby", "oordeel-kop");
      document.body.append(dialog);
    }
    const looked = pps.lookedAt();
    fill(dialog, pps.turn(article), looked && article.contains(looked) ? Number(looked.dataset.i) + 1 : 0);
    dialog.showModal();
    dialog.querySelector("h2").focus();
  };
})();
