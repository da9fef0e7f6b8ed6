// Single keys, only outside fields, found by what the page itself declares in aria-keyshortcuts.
(() => {
  let before = "", beforeAt = 0;
  const typing = (e) => e.target.closest("input, textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll(".conv__link")];
  const current = () => rows().findIndex((r) => r === document.activeElement || (r.hasAttribute("aria-current") && !rows().includes(document.activeElement)));
  const move = (step) => {
    const all = rows(), next = all[Math.max(0, Math.min(all.length - 1, current() + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const press = (keys) => {
    const found = [...document.querySelectorAll(`[aria-keyshortcuts="${CSS.escape(keys)}"]`)].find((el) => el.checkVisibility());
    if (!found) return document.querySelector(`[popover] [aria-keyshortcuts="${CSS.escape(keys)}"]`)?.click();
    if (found.matches("input")) found.focus(); else found.click();
  };
  const OWN = {
    j: () => move(1), k: () => move(-1),
    o: () => document.activeElement.closest(".conv__link")?.click(),
    m: () => document.getElementById("unread")?.scrollIntoView({ block: "center" }),
    M: () => converge.toEnd(),
    "]": () => { const split = document.querySelector(".split"); split.dataset.panel = split.dataset.panel === "closed" ? "open" : "closed"; },
    r: () => { const t = document.querySelector("[data-composer=reply] textarea"); t ? t.focus() : press("r"); },
    n: () => { const t = document.querySelector("[data-composer=note] textarea"); t ? t.focus() : press("n"); },
  };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e) || "noShortcuts" in document.body.dataset) return;
    if (document.querySelector("dialog[open]")) return;
    if (before === "g" && Date.now() - beforeAt < 1200) { before = ""; e.preventDefault(); return press("g " + e.key); }
    before = e.key; beforeAt = Date.now();
    const act = OWN[e.key] || (document.querySelector(`[aria-keyshortcuts="${CSS.escape(e.key)}"]`) && (() => press(e.key)));
    if (!act) return;
    e.preventDefault();
    act();
  });
})();
