// A colleague was first: what they said, over the text that came back, and what to do with it.
(() => {
  const { $ } = converge;
  const write = (form) => form.querySelector("textarea");
  const discard = (form) => {
    converge.files?.take();
    write(form).value = "";
    write(form).dispatchEvent(new Event("input", { bubbles: true }));
  };
  // Whoever looks at what the line tells of has read it.
  converge.hear("use", (link) => {
    if (!link.matches?.("[data-shown]")) return;
    $(link.hash.slice(1))?.scrollIntoView({ block: "center" });
    document.querySelector("[data-composer]").elements.seen.value = link.dataset.shown;
    $("conversation").dataset.version = 0;
    converge.tell("changed");
  });
  converge.crossed = async (told, form) => {
    if (!form?.elements.seen) return;
    form.elements.seen.value = told.seen;
    if (document.querySelector("dialog[open]")) return;
    const dialog = (await converge.draw(told.ask))?.querySelector("dialog");
    if (!dialog || document.querySelector("dialog[open]")) return;
    $("modal-root").replaceChildren(dialog);
    dialog.addEventListener("close", () => { dialog.remove(); write(form).focus(); });
    dialog.addEventListener("click", (e) => {
      if (e.target.closest("[data-discard]")) discard(form);
      if (e.target.closest("[data-despite]")) dialog.close();
    });
    dialog.showModal();
    dialog.querySelector("h2").focus();
  };
})();
