// A row's "…": its menu is fetched when somebody asks for it, and acts without leaving the list.
(() => {
  const { hear, tell, draw, notice } = converge;
  let at = "";

  hear("use", async (link) => {
    if (!link.matches?.(".conv__more")) return;
    const menu = (await draw(link.href))?.querySelector("#row-menu");
    if (!menu) return notice("You are offline.");
    document.getElementById("row-menu")?.remove();
    for (const form of menu.querySelectorAll("form")) { form.dataset.act = ""; delete form.dataset.then; }
    menu.popover = "auto";
    at = link.closest(".conv").id.slice(4);
    document.querySelector(".list").append(document.adoptNode(menu));
    menu.showPopover({ source: link });
  });
  // What was done to a row that is not open: its row is drawn anew.
  hear("changed", ({ all, ids }) => { if (at && !all && !ids) tell("changed", { ids: { [at]: [0] } }); });
  document.addEventListener("click", (e) => { if (e.target.closest("#row-menu [data-copy]")) e.target.closest("[popover]").hidePopover(); });
})();
