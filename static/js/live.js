// What changed: one stream a browser, shared among its tabs; polling where no stream comes through.
(() => {
  const { tell, say, $ } = converge, { live, channel: who } = document.body.dataset;
  const polls = location.search.includes("transport=poll"), name = "converge-live-" + who, POLL = 5000;
  const WORDS = { live: "Live", reconnecting: "Reconnecting…", offline: "Offline" };
  let heardAt = Date.now(), brokenAt = 0, failures = 0, missed = false, channel = null;

  const show = (kind) => {
    const seat = $("live-state");
    if (seat.dataset.state === kind) return;
    if (kind === "live" && missed) say("Back online.");
    if (kind === "offline") say("You are offline.");
    seat.dataset.state = document.body.dataset.connection = kind;
    seat.textContent = WORDS[kind];
    tell("connection", kind);
  };
  const hear = (event) => {
    if (event.broken) { brokenAt ||= Date.now(); missed = true; return; }
    heardAt = Date.now();
    brokenAt = 0;
    show("live");
    if (missed || event.refresh) tell("changed", { all: true });
    else if (event.c) tell("changed", { ids: event.c });
    if (missed || event.refresh || event.me) tell("called");
    missed = false;
  };
  const share = (event) => { hear(event); channel?.postMessage(event); };

  const connect = () => {
    const source = new EventSource(live);
    source.addEventListener("change", (e) => { failures = 0; share(JSON.parse(e.data)); });
    source.onerror = () => {
      share({ broken: true });
      if (source.readyState !== EventSource.CLOSED) return;
      failures += 1;
      setTimeout(connect, Math.min(30000, 1000 * 2 ** failures) * (0.5 + Math.random()));
    };
  };
  const poll = async () => {
    if (!polls && failures < 3) return;
    if ((await converge.ask($("conversations")?.dataset.list || $("bell").dataset.count).catch(() => null))?.ok) hear({ refresh: true });
    else hear({ broken: true });
  };
  setInterval(poll, POLL);
  setInterval(() => {
    const quiet = Date.now() - heardAt, broken = brokenAt && Date.now() - brokenAt;
    if (!navigator.onLine || quiet > 45000 || broken > 30000) { missed = true; show("offline"); }
    else if (broken > 5000 || quiet > 25000) show("reconnecting");
  }, 1000);
  addEventListener("offline", () => { missed = true; show("offline"); });
  addEventListener("online", () => hear({}));
  // A page kept by the browser for going back has no stream any more.
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });

  if (polls) return void poll();
  if (!navigator.locks || !window.BroadcastChannel) return connect();
  channel = new BroadcastChannel(name);
  channel.onmessage = (e) => hear(e.data);
  navigator.locks.request(name, () => new Promise(connect));
})();
