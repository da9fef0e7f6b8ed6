// Canned replies: a list above the box, chosen by name with / or by its button.
(() => {
  const { $, say, draw } = converge;
  const KEPT_FOR = 60000;
  let kept = {}, field = null, from = 0;

  const load = async (url) => {
    if (kept.url !== url || Date.now() - kept.at > KEPT_FOR) {
      const page = await draw(url);
      if (!page) return null;
      kept = { url, at: Date.now(), list: page.getElementById("replies") };
    }
    return document.importNode(kept.list, true);
  };
  // What was typed after the slash that begins a word, up to the caret.
  const typed = () => field.value.slice(0, field.selectionStart).match(/(?:^|\s)\/([^\n/]{0,40})$/);
  const shown = () => [...$("replies").querySelectorAll("[role=option]:not([hidden])")];
  const chosen = () => $("replies").querySelector("[aria-selected=true]");
  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    option ? field.setAttribute("aria-activedescendant", option.id) : field.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    $("replies")?.remove();
    for (const name of ["autocomplete", "haspopup", "controls", "activedescendant"]) field?.removeAttribute("aria-" + name);
  };
  const filter = (text) => {
    const wanted = text.toLowerCase();
    for (const option of $("replies").querySelectorAll("[role=option]")) option.hidden = !option.textContent.toLowerCase().includes(wanted);
    const found = shown();
    choose(found[0]);
    say(found.length ? `${found.length} ${found.length === 1 ? "reply" : "replies"}, first: ${found[0].querySelector("b").textContent}` : "No reply of this name");
    if (!found.length) close();
  };
  const open = (list) => {
    close();
    field.form.append(list);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-controls", "replies");
    list.onmousedown = (e) => { e.preventDefault(); const option = e.target.closest("[role=option]"); if (option) insert(option); };
  };
  // As if typed, so that the browser's own undo takes it back.
  const insert = (option) => {
    const text = option.dataset.text, start = from;
    field.setSelectionRange(start, field.selectionStart);
    close();
    if (!document.execCommand("insertText", false, text)) field.setRangeText(text, start, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const gap = text.match(/\{\{[^}]*\}\}/);
    if (gap) field.setSelectionRange(start + gap.index, start + gap.index + gap[0].length);
  };

  // `how` is "all" for the button: the whole list, and the words so far stay.
  converge.replies = async (into, url, how) => {
    field = into;
    const match = typed();
    if (!match && how !== "all") return close();
    const list = $("replies") ? null : await load(url);
    if (!$("replies") && !list) return converge.notice("You are offline.");
    if (list && !list.children.length) return converge.notice("No canned replies yet. Write them in Settings.");
    if (list) open(list);
    from = match ? field.selectionStart - match[1].length - 1 : field.selectionStart;
    filter(match?.[1] || "");
  };

  document.addEventListener("keydown", (e) => {
    if (e.target !== field || !$("replies") || e.isComposing) return;
    const options = shown(), at = options.indexOf(chosen());
    const act = { ArrowDown: () => choose(options[(at + 1) % options.length]), ArrowUp: () => choose(options.at(at - 1)),
      Enter: () => insert(chosen()), Tab: () => insert(chosen()), Escape: close }[e.key];
    if (!act) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    act();
  }, true);
  document.addEventListener("focusout", (e) => { if (e.target === field) close(); });
})();
