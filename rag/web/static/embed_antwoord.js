// Tells the page around this one how high it is, so that it can let the frame grow. Without a listener there nothing changes.
(() => {
  "use strict";
  if (window.parent === window) return;
  let told = 0;
  const tell = () => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    // To any page: the policy of this one already names who may hold it, and a height is no secret.
    window.parent.postMessage({ type: "pps-antwoord-hoogte", hoogte: height }, "*");
  };
  new ResizeObserver(tell).observe(document.documentElement);
  window.addEventListener("load", tell);
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.type !== "pps-antwoord-vraag-hoogte") return;
    told = 0;
    tell();
  });
})();
