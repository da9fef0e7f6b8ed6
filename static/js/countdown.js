// Remaining time, rewritten in place every half minute; at closing the server is asked what holds now.
(() => {
  const words = (seconds) => {
    const minutes = Math.max(0, Math.floor(seconds / 60)), hours = Math.floor(minutes / 60), rest = minutes % 60;
    if (hours >= 48) return `${Math.floor(hours / 24)} d`;
    if (hours >= 12 || (hours && !rest)) return `${hours} h`;
    return hours ? `${hours} h ${rest} m` : `${rest} m`;
  };
  const phase = (seconds) => (seconds <= 900 ? "last" : seconds <= 7200 ? "soon" : "open");
  const tick = () => {
    if (document.hidden) return;
    const now = (converge.now?.() || Date.now()) / 1000 + Number(document.body.dataset.offset || 0);
    let closed = false;
    document.querySelectorAll("[data-until]").forEach((chip) => {
      const left = Number(chip.dataset.until) - now;
      if (left <= 0) { chip.removeAttribute("data-until"); closed = true; return; }
      const agent = chip.dataset.window === "agent", text = (agent ? "Agent " : "") + words(left), seat = chip.querySelector("[data-left]");
      if (seat.textContent !== text) seat.textContent = text;
      if (agent) return;
      if (chip.dataset.window !== phase(left)) chip.dataset.window = phase(left);
      chip.querySelector("[data-share]")?.setAttribute("stroke-dasharray", `${Math.max(1, Math.round(left / 864))} 100`);
    });
    const part = document.getElementById("conversation");
    if (closed && part) { part.dataset.version = "-1"; converge.say("The window closed."); converge.changed({ all: true }); }
  };
  setInterval(tick, 15000);
  document.addEventListener("visibilitychange", tick);
})();
