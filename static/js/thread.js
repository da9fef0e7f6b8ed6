// The open conversation: new parts are merged by id, nothing moves under the reading eye.
(() => {
  const $ = (id) => document.getElementById(id);
  const part = () => $("conversation");
  const id = () => part()?.dataset.conversation;
  const scroller = () => $("thread-" + id());
  const items = () => $("items-" + id());
  const NEAR = 100, MOST = 300;
  let pinned = true, anchor = null, top0 = 0, missed = 0, pending = null, saidAt = 0;

  const near = () => { const s = scroller(); return s.scrollHeight - s.scrollTop - s.clientHeight <= NEAR; };
  const grab = () => {
    const s = scroller(), top = s.getBoundingClientRect().top;
    pinned = near();
    anchor = [...s.querySelectorAll(".msg")].find((e) => e.getBoundingClientRect().bottom > top + 1);
    top0 = anchor?.getBoundingClientRect().top;
  };
  const hold = () => {
    const s = scroller();
    if (pinned) s.scrollTop = s.scrollHeight;
    else if (anchor?.isConnected) s.scrollTop += anchor.getBoundingClientRect().top - top0;
  };
  const jump = () => {
    const button = $("jump");
    button.hidden = !missed;
    button.textContent = missed === 1 ? "1 new message ↓" : `${missed} new messages ↓`;
  };
  const toEnd = () => { const s = scroller(); s.scrollTop = s.scrollHeight; missed = 0; jump(); read(); };

  const announce = (fresh) => {
    const words = fresh.filter((li) => li.classList.contains("msg--in"));
    if (!words.length || Date.now() - saidAt < 3000) return;
    saidAt = Date.now();
    const who = part().dataset.title;
    converge.say(words.length > 1 ? `${words.length} new messages from ${who}`
      : `${who}: ${(words[0].querySelector(".bubble__text")?.textContent || "sent something").slice(0, 120)}`);
  };
  const troubled = (old, fresh) => old.dataset.state !== fresh.dataset.state
    && ["failed", "unknown"].includes(fresh.dataset.state);

  // The smallest node: a tick alone when only the tick changed.
  const patch = (old, fresh) => {
    if (troubled(old, fresh)) converge.say(fresh.querySelector(".report p")?.textContent || "A message failed.", "live-assertive");
    if (old.dataset.version === fresh.dataset.version && old.className === fresh.className) {
      const tick = old.querySelector(".tick"), next = fresh.querySelector(".tick");
      if (tick && next && tick.dataset.state !== next.dataset.state) tick.replaceWith(next);
      old.dataset.state = fresh.dataset.state;
      return;
    }
    if (old.contains(document.activeElement)) scroller().focus({ preventScroll: true });
    old.replaceWith(fresh);
    htmx.process(fresh);
  };
  const merge = (list) => {
    grab();
    const fresh = [];
    let last = null;
    for (const li of [...list.children]) {
      const node = document.adoptNode(li), old = $(node.id);
      if (old && items().contains(old)) { if (!node.matches(".day, .divider")) patch(old, node); }
      else if (!node.matches(".divider")) {
        if (last?.isConnected) last.after(node);
        else if (Number(node.dataset.at) >= newest()) items().append(node);
        else continue;
        htmx.process(node);
        fresh.push(node);
      }
      last = $(node.id) || last;
    }
    items().querySelector("[data-empty]")?.remove();
    if (pinned) while (items().children.length > MOST) items().children[1].remove();
    hold();
    const inbound = fresh.filter((li) => li.classList.contains("msg--in"));
    if (!pinned) missed += inbound.length;
    jump();
    announce(fresh);
  };
  const newest = () => Math.max(0, ...[...items().querySelectorAll(".msg[data-at]")].slice(-3).map((li) => Number(li.dataset.at)));

  const replace = (name, page) => {
    const old = $(name), fresh = page.getElementById(name);
    if (!old || !fresh || old.outerHTML === fresh.outerHTML) return;
    if (old.querySelector(":popover-open")) return;
    const focused = old.contains(document.activeElement) && document.activeElement.id;
    old.replaceWith(document.adoptNode(fresh));
    htmx.process($(name));
    if (focused) $(focused)?.focus();
  };
  const panel = (page) => {
    const old = $("contact-panel"), fresh = page.querySelector("[data-part=panel]");
    if (!old || old.contains(document.activeElement) || old.querySelector(":popover-open")) return;
    const shut = [...old.querySelectorAll("details:not([open])")].map((d) => d.dataset.section);
    old.replaceChildren(...fresh.childNodes);
    shut.forEach((name) => old.querySelector(`[data-section="${name}"]`)?.removeAttribute("open"));
  };

  const refresh = async () => {
    pending = null;
    const mine = id();
    if (!mine) return;
    const mode = document.querySelector("[data-composer]")?.dataset.composer || "reply";
    const response = await fetch(`${part().dataset.tail}?mode=${mode}&version=${part().dataset.version}`,
      { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (response?.status === 401) return converge.signedOut();
    if (response?.status !== 200 || id() !== mine) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const told = page.querySelector("[data-part=conversation]").dataset;
    if (Number(told.version) < Number(part().dataset.version)) return;
    Object.assign(part().dataset, { version: told.version, seq: told.seq });
    merge(page.querySelector("[data-part=items]"));
    replace("head-" + mine, page);
    replace("status-line-" + mine, page);
    document.dispatchEvent(new CustomEvent("converge:composer", { detail: page.querySelector("[data-part=composer] > *") }));
    panel(page);
    read();
  };
  const ask = () => { pending ||= setTimeout(refresh, 30); };

  // Read: visible, focused, at the end, for a second.
  let reading = null;
  const read = () => {
    clearTimeout(reading);
    reading = setTimeout(() => {
      const p = part(), seq = Number(p?.dataset.seq || 0);
      if (!p?.dataset.read || document.hidden || !document.hasFocus() || !near()) return;
      if (seq <= Number(p.dataset.seen || 0)) return;
      p.dataset.seen = seq;
      converge.post(p.dataset.read, new URLSearchParams({ seq }))
        .then(() => document.dispatchEvent(new CustomEvent("converge:changed", { detail: { ids: { [id()]: 0 } , own: true } })));
    }, 1000);
  };
  const start = (focus) => {
    if (!scroller()) return;
    missed = 0;
    const divider = $("unread"), s = scroller();
    if (divider) s.scrollTop = divider.offsetTop - s.clientHeight / 3;
    else s.scrollTop = s.scrollHeight;
    s.addEventListener("scroll", () => { if (near() && missed) { missed = 0; jump(); } if (near()) read(); }, { passive: true });
    $("jump").addEventListener("click", toEnd);
    document.title = document.title.replace(/^(\(\d+\) )?.*$/, `$1${part().dataset.title} – Inbox – Converge`);
    if (focus) (matchMedia("(pointer: fine)").matches && document.querySelector("[data-composer] textarea") || part().querySelector("h1")).focus({ preventScroll: true });
    read();
    presence();
  };

  // Presence: here every 25 seconds, gone at once.
  const presence = (state) => {
    const url = part()?.dataset.presence;
    if (!url || document.hidden) return;
    const text = document.querySelector("[data-composer=reply] textarea")?.value;
    converge.post(url, new URLSearchParams({ state: state || (text ? "replying" : "viewing") })).catch(() => {});
  };
  const leave = () => {
    const url = part()?.dataset.presence;
    if (url) converge.post(url, new URLSearchParams({ state: "left" }), { keepalive: true }).catch(() => {});
  };
  setInterval(presence, 25000);

  document.addEventListener("converge:changed", (e) => {
    if (e.detail.own) return;
    if (e.detail.all || !e.detail.ids || (id() in e.detail.ids && e.detail.ids[id()][0] > Number(part().dataset.version))) ask();
  });
  document.addEventListener("converge:opened", (e) => start(e.detail.focus));
  document.addEventListener("converge:leaving", leave);
  document.addEventListener("converge:sent", () => { grab(); pinned = true; hold(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { ask(); read(); } });
  document.addEventListener("htmx:beforeSwap", (e) => { if (e.detail.target.id === "older") { grab(); pinned = false; } });
  document.addEventListener("htmx:afterSwap", (e) => { if (e.detail.requestConfig?.path.includes("/older/")) hold(); });
  addEventListener("focus", () => read());
  addEventListener("pagehide", leave);
  converge.toEnd = toEnd;
  start(!location.hash && innerWidth >= 720);
})();
