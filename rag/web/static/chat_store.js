// Conversations in this browser and nowhere else. The one on the page belongs to its tab, so that a reload loses nothing; the others are
// kept only where the reader lets them.
window.PPS.store = (() => {
  const KEY = "pps.conversations", KEEP = "pps.keep", NOW = "pps.now", PENDING = "pps.pending", DRAFT = "pps.draft";
  const GUIDE = "pps.guide", MOST = 30;
  const quietly = (work, otherwise) => { try { return work(); } catch { return otherwise; } }; // storage may be switched off
  const list = (found) => (Array.isArray(found) ? found.filter((c) => c && Array.isArray(c.turns)) : []);
  const read = () => quietly(() => list(JSON.parse(localStorage.getItem(KEY))), []);
  const keeping = () => quietly(() => localStorage.getItem(KEEP) !== "no", false);
  const ofTab = (name, value) => quietly(() => (value ? sessionStorage.setItem(name, value) : sessionStorage.removeItem(name)));

  // The newest first; where the browser has no more room, the oldest make way.
  const write = (all) => {
    for (let kept = all.slice(0, MOST); ; kept = kept.slice(0, -1)) {
      if (!kept.length) return quietly(() => localStorage.removeItem(KEY));
      if (quietly(() => (localStorage.setItem(KEY, JSON.stringify(kept)), true), false)) return;
    }
  };

  return {
    all: read,
    keeping,
    // A question that was never answered has not been looked at for personal data either: it stays in the tab.
    save(conversation) {
      ofTab(NOW, JSON.stringify(conversation));
      const kept = { ...conversation, turns: conversation.turns.filter((turn) => turn.reply || turn.memo) };
      const others = read().filter((c) => c.id !== conversation.id);
      if (keeping()) write(kept.turns.length ? [kept, ...others] : others);
    },
    current: () => quietly(() => list([JSON.parse(sessionStorage.getItem(NOW))])[0]),
    leave: () => ofTab(NOW),
    remove: (id) => write(read().filter((c) => c.id !== id)),
    clear: () => quietly(() => localStorage.removeItem(KEY)),
    keep: (wanted) => quietly(() => localStorage.setItem(KEEP, wanted ? "yes" : "no")),
    // The question that is being answered, and what stands in the box.
    pending: () => quietly(() => JSON.parse(sessionStorage.getItem(PENDING))),
    setPending: (asked) => ofTab(PENDING, asked && JSON.stringify(asked)),
    draft: () => quietly(() => sessionStorage.getItem(DRAFT)) || "",
    setDraft: (text) => ofTab(DRAFT, text),
    // Where guided advice was left: `from` which link it was opened, the page it is `at`, and whether it is `open`.
    guide: () => quietly(() => JSON.parse(sessionStorage.getItem(GUIDE))),
    setGuide: (place) => ofTab(GUIDE, place && JSON.stringify(place)),
  };
})();
