// Mentions: how many are new, asked again when the stream says that there is something for this person.
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
  const { rings, ring, sound } = converge.$("bell").dataset;
  if (rings && navigator.locks && (sound || window.Notification?.permission === "granted")) import(ring);
  // Names for a note: their script is fetched when somebody first writes @.
  document.addEventListener("input", async (e) => {
    if (!e.target.matches("[data-composer=note] textarea") || !(converge.names || e.data === "@")) return;
    const { names, script } = converge.$("bell").dataset;
    if (!converge.names) await import(script);
    converge.names(e.target, names);
  });
})();
