// For a page that holds answers in frames: lets each frame grow to what its answer needs. Without this script a frame scrolls.
(() => {
  "use strict";
  const base = document.currentScript.src.replace(/\/embed\/hoogte\.js.*$/, "");
  const origin = new URL(base).origin;
  const frames = () => [...document.querySelectorAll("iframe")].filter((frame) => frame.src.startsWith(`${base}/embed/antwoord/`));
  window.addEventListener("message", (event) => {
    if (event.origin !== origin || event.data?.type !== "pps-antwoord-hoogte" || !Number.isFinite(event.data.hoogte)) return;
    const frame = frames().find((one) => one.contentWindow === event.source);
    if (frame) frame.style.height = `${Math.min(Math.max(event.data.hoogte, 80), 20000)}px`;
  });
  // A frame that was ready before this script has told already.
  for (const frame of frames()) frame.contentWindow?.postMessage({ type: "pps-antwoord-vraag-hoogte" }, "*");
})();
