// Single keys, only outside fields, found by what the page itself declares in aria-keyshortcuts.
(() => {
  let before = "", beforeAt = 0;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const move = (step) => {
    const links = all(".conv__link"), at = links.indexOf(document.activeElement.closest(".conv")?.firstElementChild);
    const next = links[Math.max(0, Math.min(links.length - 1, (at < 0 ? links.findIndex((a) => a.ariaCurrent) : at) + step))];
    next?.focus();
  };
  const found = (keys) => {
    const those = all(`[aria-keyshortcuts="${CSS.escape(keys)}"]`);
    return those.find((el) => el.checkVisibility()) || those.find((el) => el.closest("[popover]"));
  };
  const press = (keys) => { const el = found(keys); if (el?.matches("input")) el.focus(); else el?.click(); };
  const write = (mode) => { const text = document.querySelector(`[data-composer=${mode}] textarea`); if (text) text.focus(); else press(mode[0]); };
  const choose = (shiftKey) => (document.activeElement.closest(".conv") || document.querySelector(".conv:has([aria-current])"))
    ?.querySelector("[name=id]")?.dispatchEvent(new MouseEvent("click", { shiftKey, bubbles: true }));
  const extend = async (step) => { await import(converge.$("conversations").dataset.together); converge.tell("extend", { step }); };
  const OWN = {
    j: () => move(1),
    k: () => move(-1),
    o: () => document.activeElement.closest(".conv__link")?.click(),
    m: () => converge.$("unread")?.scrollIntoView({ block: "center" }),
    M: () => converge.toEnd?.(),
    "]": () => { const split = document.querySelector(".split"); split.dataset.panel = split.dataset.panel === "closed" ? "open" : "closed"; },
    r: () => write("reply"),
    n: () => write("note"),
    J: () => extend(1),
    K: () => extend(-1),
    x: () => choose(false),
    X: () => choose(true),
  };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || "noShortcuts" in document.body.dataset) return;
    if (e.target.closest("input:not([name=id]), textarea, select") || document.querySelector("dialog[open]")) return;
    const keys = before === "g" && Date.now() - beforeAt < 1200 ? "g " + e.key : e.key;
    [before, beforeAt] = [e.key, Date.now()];
    const act = OWN[keys] || (found(keys) && (() => press(keys)));
    if (!act) return;
    e.preventDefault();
    act();
  });
})();
