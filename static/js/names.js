// Teammates' names in a note: a list above the box after @, chosen by arrows, Enter, Tab or a click.
(() => {
  const { $, say, draw } = converge;
  let kept = null, field = null, from = 0;

  // What was typed after the @ that begins a name, up to the caret.
  const typed = () => field.value.slice(0, field.selectionStart).match(/(?:^|[\s(])@([^\n@]{0,40})$/);
  const shown = () => [...$("names").querySelectorAll("[role=option]:not([hidden])")];
  const chosen = () => $("names").querySelector("[aria-selected=true]");
  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  };
  const close = () => {
    $("names")?.remove();
    for (const name of ["autocomplete", "haspopup", "controls", "activedescendant"]) field?.removeAttribute("aria-" + name);
  };
  const open = (list) => {
    field.form.append(list);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-controls", "names");
    list.onmousedown = (e) => { e.preventDefault(); const option = e.target.closest("[role=option]"); if (option) insert(option); };
  };
  const filter = (text) => {
    const wanted = text.toLowerCase();
    for (const option of $("names").querySelectorAll("[role=option]")) {
      option.hidden = !` ${option.textContent.trim().toLowerCase()}`.includes(" " + wanted);
    }
    const found = shown();
    if (!found.length) return close();
    choose(found[0]);
    say(`${found.length} ${found.length === 1 ? "teammate" : "teammates"}, first: ${found[0].textContent.trim()}`);
  };
  // As if typed, so that the browser's own undo takes it back.
  const insert = (option) => {
    const { text } = option.dataset;
    field.setSelectionRange(from, field.selectionStart);
    close();
    if (!document.execCommand("insertText", false, text)) field.setRangeText(text, from, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  converge.names = async (into, url) => {
    field = into;
    if (!typed()) return close();
    kept ||= (await draw(url))?.getElementById("names");
    const match = typed();
    // Put in already: what follows is no name.
    const isWhole = kept && match && [...kept.children].some((option) => option.dataset.text === "@" + match[1]);
    if (!kept || !match || isWhole) return close();
    from = field.selectionStart - match[1].length - 1;
    if (!$("names")) open(document.importNode(kept, true));
    filter(match[1]);
  };

  document.addEventListener("keydown", (e) => {
    if (e.target !== field || !$("names") || e.isComposing) return;
    const options = shown(), at = options.indexOf(chosen());
    const act = { ArrowDown: () => choose(options[(at + 1) % options.length]), ArrowUp: () => choose(options.at(at - 1)),
      Enter: () => insert(chosen()), Tab: () => insert(chosen()), Escape: close }[e.key];
    if (!act || e.shiftKey) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    act();
  }, true);
  document.addEventListener("focusout", (e) => { if (e.target === field) close(); });
})();
