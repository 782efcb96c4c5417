// Sentences and their sources: a sentence shows its quote while it is pointed at or its mark has the focus; a click on the mark opens
// the passage in the evidence of the same answer. With a modifier key or another button the link opens the source page.
(() => {
  const { t } = window.PPS;
  let box = null, owner = null, timer = 0, opener = null, looked = null;

  const evidenceOf = (mark) => mark.closest(".beurt")?.querySelector(`.evidence[data-n="${mark.dataset.n}"]`);

  const hide = () => {
    clearTimeout(timer);
    owner?.classList.remove("gekozen");
    owner?.querySelectorAll(".mark").forEach((mark) => mark.removeAttribute("aria-describedby"));
    box?.remove();
    box = owner = null;
  };
  window.pps.hideQuote = hide;
  window.pps.lookedAt = () => looked;

  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  // The sentence itself stands out where the quote holds more than it.
  const quoteOf = (text, said) => {
    const quote = element("blockquote"), at = said ? text.indexOf(said) : -1;
    quote.lang = "nl";
    if (at < 0) quote.append(text);
    else quote.append(text.slice(0, at), element("mark", said), text.slice(at + said.length));
    return quote;
  };

  const filled = (sentence, evidence) => {
    const made = element("div", "", "citaat"), bare = sentence.cloneNode(true);
    bare.querySelectorAll(".mark").forEach((mark) => mark.remove());
    const said = bare.textContent.trim(), texts = evidence.map((source) => source.querySelector("mark")?.textContent || "");
    made.id = "citaat";
    made.setAttribute("role", "tooltip");
    made.append(element("p", t.quote_of, "label"));
    evidence.forEach((source, i) => {
      made.append(quoteOf(texts[i], said), element("p", `[${source.dataset.n}] ${source.querySelector(".place")?.textContent || ""}`, "plaats"));
    });
    const verbatim = texts.some((text) => text.includes(said));
    made.append(element("p", verbatim ? t.verbatim : `${t.support}: ${sentence.dataset.support} %`, "klein"));
    return made;
  };

  const place = (sentence) => {
    const frame = sentence.closest(".antwoord"), around = frame.getBoundingClientRect();
    const lines = sentence.getClientRects(), last = lines[lines.length - 1];
    frame.append(box);
    const room = around.width - box.offsetWidth;
    box.style.left = `${Math.max(0, Math.min(last.left - around.left, room))}px`;
    box.style.top = `${last.bottom - around.top + 6}px`;
  };

  const show = (sentence) => {
    if (sentence === owner) return;
    const evidence = [...sentence.querySelectorAll(".mark")].map(evidenceOf).filter(Boolean);
    hide();
    if (!evidence.length) return;
    owner = looked = sentence;
    owner.classList.add("gekozen");
    box = filled(sentence, evidence);
    place(sentence);
    sentence.querySelectorAll(".mark").forEach((mark) => mark.setAttribute("aria-describedby", "citaat"));
  };

  const later = (work, wait) => { clearTimeout(timer); timer = setTimeout(work, wait); };
  const sentenceAt = (target) => target.closest?.("#beurten .zin");
  const within = (target) => Boolean(target?.closest?.(".citaat") || (owner && owner.contains(target)));

  document.addEventListener("mouseover", (event) => {
    const sentence = sentenceAt(event.target);
    if (sentence) later(() => show(sentence), 150);
    else if (within(event.target)) clearTimeout(timer);
    else if (owner) later(hide, 250); // also where the focus shows it: it would cover what is pointed at now
  });
  document.addEventListener("focusin", (event) => {
    const sentence = event.target.matches?.(".mark") && sentenceAt(event.target);
    if (sentence) show(sentence);
    else if (owner && !within(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (box) return hide();
    if (opener?.isConnected && event.target.closest?.(".bewijs")) opener.focus();
  });

  const open = (mark) => {
    const target = evidenceOf(mark);
    if (!target) return false;
    hide();
    document.querySelectorAll(".evidence.lit").forEach((e) => e.classList.remove("lit"));
    target.open = true;
    target.classList.add("lit");
    target.querySelector("summary").focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
    opener = mark;
    return true;
  };
  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.(".beurt .mark");
    if (mark) {
      const plain = !(event.ctrlKey || event.metaKey || event.shiftKey) && event.button === 0;
      if (plain && open(mark)) event.preventDefault();
    } else if (sentenceAt(event.target)) show(sentenceAt(event.target)); // where nothing can be pointed with, a tap
    else if (owner && !within(event.target)) hide();
  });
})();
