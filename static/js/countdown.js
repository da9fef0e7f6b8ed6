// Remaining time, rewritten in place; at closing the server is asked what holds now.
(() => {
  const words = (seconds) => {
    const minutes = Math.max(0, Math.floor(seconds / 60)), hours = Math.floor(minutes / 60), rest = minutes % 60;
    if (hours >= 48) return `${Math.floor(hours / 24)} d`;
    if (hours >= 12 || (hours && !rest)) return `${hours} h`;
    return hours ? `${hours} h ${rest} m` : `${rest} m`;
  };
  const THRESHOLDS = { 7200: "2 hours", 900: "15 minutes" };
  const rewrite = (chip, left) => {
    const seat = chip.querySelector("[data-left]"), isAgent = chip.dataset.window === "agent";
    const text = (isAgent ? "Agent " : "") + words(left);
    if (seat.textContent !== text) seat.textContent = text;
    if (isAgent) return;
    chip.dataset.window = left <= 900 ? "last" : left <= 7200 ? "soon" : "open";
    chip.querySelector("[data-share]")?.setAttribute("stroke-dasharray", `${Math.max(1, Math.round(left / 864))} 100`);
  };
  const tick = () => {
    if (document.hidden) return;
    const now = converge.now() / 1000;
    for (const chip of document.querySelectorAll("[data-until]")) {
      const left = chip.dataset.until - now, mine = chip.closest("#conversation");
      if (left > 0) rewrite(chip, left);
      else chip.removeAttribute("data-until");
      if (left <= 0 && mine) { mine.dataset.version = -1; converge.say("The window closed."); }
      if (left <= 0) converge.tell("changed", { all: true });
      for (const edge in THRESHOLDS) if (mine && left <= edge && left > edge - 5) converge.say(`The window closes in ${THRESHOLDS[edge]}.`);
    }
  };
  setInterval(tick, 5000);
  document.addEventListener("visibilitychange", tick);
})();
