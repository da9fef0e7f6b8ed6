// The flow editor: panes keep their place across a save, steps are found by typing, a test shows its newest line.
(() => {
  const key = (pane) => `flow-place:${location.pathname}:${pane.id}`;
  const panes = () => document.querySelectorAll("[data-keep]");
  const keep = () => panes().forEach((pane) => sessionStorage.setItem(key(pane), pane.scrollTop));
  const restore = () => panes().forEach((pane) => { pane.scrollTop = sessionStorage.getItem(key(pane)) || 0; });
  const newest = () => { const thread = document.getElementById("test-thread"); if (thread) thread.scrollTop = thread.scrollHeight; };

  const find = (text) => {
    const wanted = text.trim().toLowerCase();
    document.querySelectorAll("[data-step-text]").forEach((item) => {
      const card = item.querySelector(".step");
      card.toggleAttribute("data-faded", wanted !== "" && !item.dataset.stepText.toLowerCase().includes(wanted));
    });
    if (wanted) document.querySelector(".step:not([data-faded])")?.scrollIntoView({ block: "nearest" });
  };

  const counted = "#flow-inspector :is(input, textarea)[maxlength]";
  const count = (field) => {
    const most = Number(field.maxLength);
    if (!most || field.type === "hidden") return;
    const line = field.nextElementSibling?.matches("[data-count]") ? field.nextElementSibling
      : Object.assign(document.createElement("span"), { className: "flow-count" });
    line.dataset.count = "";
    line.textContent = `${field.value.length} of ${most.toLocaleString("en-GB")}`;
    if (!line.isConnected) field.after(line);
  };

  const ready = () => {
    document.querySelectorAll(counted).forEach((field) => { if (field.value) count(field); });
    document.querySelectorAll("[data-scripted]").forEach((part) => { part.hidden = false; });
    restore();
    newest();
  };
  document.addEventListener("input", (e) => { if (e.target.matches("[data-find-step]")) find(e.target.value); if (e.target.matches(counted)) count(e.target); });
  document.addEventListener("htmx:beforeSwap", keep);
  document.addEventListener("htmx:afterSettle", () => {
    ready();
    document.querySelector("#flow-inspector [data-focus]")?.focus();
  });
  addEventListener("pagehide", keep);
  addEventListener("DOMContentLoaded", ready);
})();
