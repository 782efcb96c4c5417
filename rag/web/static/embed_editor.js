// Buttons that copy a piece of code. Without JavaScript an editor selects the text.
(() => {
  "use strict";
  const told = document.getElementById("gekopieerd");
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const code = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.value.trim());
        told.textContent = "De code is gekopieerd.";
      } catch {
        code.focus();
        code.select();
        told.textContent = "Kopiëren lukt niet in deze browser. De code is geselecteerd: kopieer haar zelf.";
      }
    });
  }
})();
