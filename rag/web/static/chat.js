// A click on a citation mark opens its passage in the evidence panel. Without a match (an older answer), with a modifier key
// or with the middle button, the link opens the source page.
(() => {
  document.documentElement.lang = "nl";
  const open = (address) => {
    const target = [...document.querySelectorAll("#bewijs .evidence")].find((e) => e.dataset.url === address);
    if (!target) return false;
    document.querySelectorAll("#bewijs .lit").forEach((e) => e.classList.remove("lit"));
    target.open = true;
    target.classList.add("lit");
    const summary = target.querySelector("summary");
    summary.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
    return true;
  };
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const link = event.target.closest && event.target.closest('#gesprek a[href^="/bron/"]');
    if (link && open(link.getAttribute("href"))) event.preventDefault();
  }, true);
  // Gradio puts a message's raw source in its label, links and all; a screen reader should hear who speaks, then the text.
  const tidy = () => document.querySelectorAll('#gesprek [aria-label*="](/bron/"], #gesprek [aria-label*="<small>"]').forEach((e) => {
    e.setAttribute("aria-label", "Antwoord van de adviseur");
  });
  new MutationObserver(tidy).observe(document.documentElement, { childList: true, subtree: true });
})();
