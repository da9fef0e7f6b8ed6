// The bell: how many mentions are new, asked again when the stream says that there is something for this person.
(() => {
  const bells = () => [...document.querySelectorAll("[data-bell]")];
  converge.hear("called", async () => {
    const url = bells()[0]?.dataset.count, response = url && (await converge.ask(url).catch(() => null));
    if (response?.status !== 200) return;
    const fresh = await response.text(), before = Number(bells()[0].querySelector("[data-number]").textContent);
    for (const bell of bells()) {
      bell.querySelector("[data-number]").textContent = fresh;
      bell.querySelector(".count").hidden = fresh === "0";
    }
    if (Number(fresh) > before) converge.notice("Somebody mentioned you in a note.");
  });
})();
