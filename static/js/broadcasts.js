// A running broadcast says aloud when it starts, pauses, ends, and at each quarter; nothing in between.
(() => {
  const WORDS = { paused: "Paused.", held: "On hold.", done: "Done.", cancelled: "Stopped." };
  let last = null;
  const look = () => {
    const seat = document.getElementById("progress");
    if (!seat) return;
    const now = { state: seat.dataset.state, quarter: Math.floor(seat.dataset.percent / 25) };
    if (last && now.state !== last.state && WORDS[now.state]) converge.say(WORDS[now.state]);
    else if (last && now.quarter > last.quarter && now.quarter < 4) converge.say(`${now.quarter * 25} percent.`);
    last = now;
  };
  addEventListener("DOMContentLoaded", look);
  document.addEventListener("htmx:afterSettle", look);
})();
