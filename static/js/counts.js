// How much of what Meta allows is written, beside every field that has a limit.
(() => {
  const count = (field) => {
    const most = Number(field.dataset.most), length = [...field.value.trim()].length;
    const line = field.parentElement.querySelector(".field__count") || Object.assign(document.createElement("span"), { className: "field__count num", ariaHidden: "true" });
    line.textContent = `${length} of ${most.toLocaleString("en-GB")}`;
    line.toggleAttribute("data-over", length > most);
    if (!line.isConnected) field.after(line);
  };
  const all = () => document.querySelectorAll("[data-most]").forEach(count);
  document.addEventListener("input", (e) => { if (e.target.matches("[data-most]")) count(e.target); });
  document.addEventListener("htmx:afterSwap", (e) => { if (e.detail.target.id === "modal-root") all(); });
  all();
})();
