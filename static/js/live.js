// What changed: one stream a browser, shared among its tabs; polling where no stream comes through.
(() => {
  const url = document.body.dataset.live;
  if (!url) return;
  const name = "converge-live-" + document.body.dataset.channel;
  const polls = new URLSearchParams(location.search).get("transport") === "poll";
  const POLL = 5000, QUIET = 40000;
  let heardAt = Date.now(), failures = 0, skew = 0, channel = null, wasAway = false;

  const state = document.getElementById("live-state");
  const show = (kind, words) => {
    if (state.dataset.state === kind) return;
    state.dataset.state = kind;
    state.textContent = words;
    document.dispatchEvent(new CustomEvent("converge:connection", { detail: kind }));
  };
  const hear = (event) => {
    heardAt = Date.now();
    skew = event.t - heardAt;
    if (wasAway) { wasAway = false; event.refresh = true; converge.say("Back online."); }
    show("live", "Live");
    if (event.refresh) converge.changed({ all: true });
    else if (event.c) converge.changed({ ids: event.c });
  };
  const share = (event) => { hear(event); channel?.postMessage(event); };

  const connect = (release) => {
    const source = new EventSource(url);
    source.addEventListener("change", (e) => { failures = 0; share(JSON.parse(e.data)); });
    source.onerror = () => {
      wasAway = true;
      if (source.readyState !== EventSource.CLOSED) return;
      failures += 1;
      if (failures >= 3) return poll();
      setTimeout(() => connect(release), Math.min(30000, 1000 * 2 ** failures) * (0.5 + Math.random()));
    };
    addEventListener("pagehide", () => { source.close(); release?.(); }, { once: true });
  };
  const poll = () => {
    show("live", "Live");
    setInterval(() => { heardAt = Date.now(); converge.changed({ all: true }); }, POLL);
  };

  // A page kept by the browser for going back has no stream any more.
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
  setInterval(() => {
    if (polls) return;
    const quiet = Date.now() - heardAt;
    if (!navigator.onLine || quiet > QUIET) { wasAway = true; show("offline", "Offline"); }
    else if (quiet > 20000) show("reconnecting", "Reconnecting…");
  }, 2000);
  addEventListener("offline", () => { wasAway = true; show("offline", "Offline"); });
  addEventListener("online", () => show("reconnecting", "Reconnecting…"));
  converge.now = () => Date.now() + skew;

  if (polls) poll();
  else if (!navigator.locks || !window.BroadcastChannel) connect();
  else {
    channel = new BroadcastChannel(name);
    channel.onmessage = (e) => hear(e.data);
    navigator.locks.request(name, () => new Promise((release) => connect(release)));
  }
})();
