// What Gradio leaves undone for readers of a screen reader, and the language of the page.
(() => {
  const { t } = window.PPS;
  document.documentElement.lang = t.lang;

  // An accordion says whether it is open.
  const tell = (button) => {
    const content = button.parentElement?.querySelector('[data-testid="accordion-content"]');
    if (content) button.setAttribute("aria-expanded", String(content.style.display !== "none"));
  };
  const tellAll = () => document.querySelectorAll("button.label-wrap").forEach(tell);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("button.label-wrap")) setTimeout(tellAll, 50);
  });

  // The skip link leads to the box itself; a link cannot put the focus in a textarea.
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("a.skip")) return;
    event.preventDefault();
    document.querySelector("#vraag textarea")?.focus();
  });

  const ready = new MutationObserver(() => {
    const box = document.querySelector("#vraag textarea");
    if (!box) return;
    ready.disconnect();
    box.setAttribute("aria-label", t.question); // Gradio's label holds the button as well, and would be named after it
    document.documentElement.lang = t.lang; // Gradio sets the browser's language when it starts
    setTimeout(tellAll, 300);
  });
  ready.observe(document.documentElement, { childList: true, subtree: true });
})();
