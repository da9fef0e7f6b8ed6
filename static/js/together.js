// Several conversations at once: chosen with x, a range with Shift, and an act that can be undone.
(() => {
  const { $, say, post, notice } = converge;
  const form = $("together"), list = () => $("conversations"), all = form.elements.all, chosen = new Set();
  const boxes = () => [...list().querySelectorAll("[name=id]")];
  let from = "", busy = false, said = 0;

  const show = () => {
    const words = all.checked ? "Up to 500 from the top" : `${chosen.size} selected`;
    form.querySelector("[data-count]").textContent = words;
    clearTimeout(said);
    said = setTimeout(() => say(words), 300);
  };
  const set = (box, is) => {
    box.checked = is;
    if (is) chosen.add(box.value); else chosen.delete(box.value);
  };
  const pick = (box, isRange) => {
    const those = boxes(), ends = [those.findIndex((b) => b.value === from), those.indexOf(box)];
    if (isRange && ends[0] >= 0) those.slice(Math.min(...ends), Math.max(...ends) + 1).forEach((b) => set(b, box.checked));
    set(box, box.checked);
    from = box.value;
    show();
  };
  const clear = () => {
    chosen.clear();
    boxes().forEach((box) => { box.checked = false; });
    all.checked = false;
    form.closest(".list").removeAttribute("data-bulk");
    ($("row-" + from)?.querySelector("a") || $("list-heading")).focus();
    show();
  };
  const send = async (submitter) => {
    const fields = new FormData(form, submitter);
    fields.delete("csrfmiddlewaretoken");
    // Chosen before the list was drawn anew, and not in it now.
    fields.delete("id");
    chosen.forEach((id) => fields.append("id", id));
    form.querySelector(":popover-open")?.hidePopover();
    const response = await post(form.action, fields).catch(() => null);
    if (!response) return notice("You are offline. Nothing was changed.");
    if (!response.ok) return response.status === 401 || notice("That did not work. Try again.");
    const told = await response.text();
    if (told.includes("<form")) clear();
    form.elements.name.value = form.elements.at.value = "";
    notice(told);
    converge.tell("changed");
  };

  // A row that changed is drawn anew, and stays chosen.
  new MutationObserver(() => boxes().forEach((box) => { box.checked = chosen.has(box.value); })).observe(list(), { childList: true });
  document.addEventListener("click", (e) => {
    if (e.target.name === "id") pick(e.target, e.shiftKey);
    if (e.target.closest("[data-clear]")) { e.preventDefault(); clear(); }
  });
  // One further with what is selected; the way back gives it up again.
  converge.hear("extend", ({ step }) => {
    const rows = [...list().querySelectorAll(".conv")], here = document.activeElement.closest(".conv") || rows.find((row) => row.querySelector("[aria-current]"));
    const there = rows[rows.indexOf(here) + step], [from, to] = [here, there].map((row) => row?.querySelector("[name=id]"));
    if (from && (!from.checked || to?.checked)) from.click();
    if (to && !to.checked) to.click();
    (there || here)?.querySelector("a").focus();
  });
  all.addEventListener("change", show);
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    if (busy) return;
    busy = true;
    await send(e.submitter);
    busy = false;
  });
  boxes().filter((box) => box.checked).forEach((box) => pick(box, false));
  show();
})();
