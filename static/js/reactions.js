// Reactions: one small form for the whole conversation, opened beside the message it is for.
(() => {
  const { $, hear } = converge;
  const buttons = () => [...$("reacting").querySelectorAll(":scope > button:not([hidden])")];

  hear("use", (link) => {
    if (!link.matches?.("[data-react]")) return;
    const form = $("reacting"), mine = link.closest("li.msg").querySelector(".reaction--ours");
    form.action = link.href;
    form.querySelector("[data-remove]").hidden = !mine;
    for (const button of buttons().filter(({ name }) => name)) button.ariaPressed = String(Boolean(button.value) && mine?.dataset.emoji === button.value);
    form.showPopover({ source: link });
  });
  document.addEventListener("keydown", (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key], all = step && e.target.closest("#reacting > button") && buttons();
    if (!all) return;
    e.preventDefault();
    all.at((all.indexOf(document.activeElement) + step) % all.length).focus();
  });
})();
