// The button that prints the memo: only where there is a script to do it.
const item = document.getElementById("afdrukken");
item.hidden = false;
item.firstElementChild.addEventListener("click", () => window.print());
