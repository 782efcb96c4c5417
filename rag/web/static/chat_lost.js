// A connection that breaks. Gradio knows it first, says so in a notice in English (chat.css hides those), and opens the page again once
// the server answers. Here the reader is told what happens, where the next question would be typed.
(() => {
  const { t, store } = window.PPS, { pps } = window;

  const told = () => {
    pps.lost();
    const note = pps.made("p", { id: "verbinding", className: "melding fout" }, pps.made("strong", { textContent: `${t.lost_label}.` }), ` ${t.lost}`);
    document.getElementById("vragen")?.prepend(note);
    pps.announce(`${t.lost_label}. ${t.lost}`);
  };

  new MutationObserver(() => {
    const notice = document.querySelector('[data-testid="toast-body"]');
    if (notice && !pps.state.lost && /connection/i.test(notice.textContent)) told();
  }).observe(document.documentElement, { childList: true, subtree: true });

  // What is being typed survives a reload.
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("#vraag textarea")) store.setDraft(event.target.value);
  });
})();
