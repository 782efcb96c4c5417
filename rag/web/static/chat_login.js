// A login that ends while the page is open. Whatever is asked of the advisor then gets 401; the reader is told so, keeps the question, and
// comes back to the same conversation. The page's own address leads to the login, whoever does it: the advisor, or a proxy before it.
(() => {
  const { t, store } = window.PPS, { pps } = window, { made } = pps;
  const fetched = window.fetch.bind(window);

  pps.loginNote = () => [`${t.logged_out} `, made("a", { href: location.pathname + location.search, textContent: t.log_in })];

  const gone = () => {
    const asked = pps.refused();
    if (asked) pps.fill(asked);
    store.setDraft(pps.box()?.value || "");
    document.getElementById("inloggen")?.remove();
    const note = made("p", { id: "inloggen", className: "melding fout" }, made("strong", { textContent: `${t.logged_out_label}.` }), " ", ...pps.loginNote());
    note.setAttribute("role", "alert");
    document.getElementById("vragen")?.prepend(note);
  };

  const look = async (again) => {
    const reply = await fetched("/api/v1/me", { cache: "no-store" }).catch(() => null); // no connection: told by chat_lost.js
    const told = document.getElementById("inloggen");
    if (reply?.status === 401 && !(again && told)) gone();
    else if (reply?.ok) told?.remove();
  };

  // Before whoever asked hears of the 401: the question is safe by then.
  window.fetch = async (...asked) => {
    const reply = await fetched(...asked);
    if (reply.status === 401 && new URL(reply.url, location.href).origin === location.origin) await look();
    return reply;
  };

  // A page that was left open overnight says it before a question is typed.
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(true); });
})();
