// The chat in a frame of another page: links to pages of this site open beside that page, for they are not shown within it.
document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || link.target || link.getAttribute("href").startsWith("#")) return;
    link.target = "_blank";
    link.rel = "noopener";
  },
  true,
);
