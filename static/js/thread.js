// The open conversation: new parts are merged by id, nothing moves under the reading eye.
(() => {
  const { $, hear, say, post, draw } = converge;
  const part = () => $("conversation"), id = () => part().dataset.conversation;
  const scroller = () => $("thread-" + id()), items = () => $("items-" + id());
  const writing = () => document.querySelector("[data-composer]");
  const shown = () => part().querySelector("[data-shown]");
  // What the page showed when these words were begun.
  const begun = () => writing()?.querySelector("textarea").value && writing().elements.seen?.value || "";
  let pinned = true, anchor = null, top0 = 0, missed = 0, pending = 0, saidAt = 0, unsaid = 0, reading = 0, found = false;

  const near = () => { const s = scroller(); return s.scrollHeight - s.scrollTop - s.clientHeight <= 100; };
  const grab = () => {
    const top = scroller().getBoundingClientRect().top;
    pinned = near();
    anchor = [...items().querySelectorAll(".msg")].find((e) => e.getBoundingClientRect().bottom > top + 1);
    top0 = anchor?.getBoundingClientRect().top;
  };
  const hold = () => {
    const s = scroller();
    if (pinned) s.scrollTop = s.scrollHeight;
    else if (anchor?.isConnected) s.scrollTop += anchor.getBoundingClientRect().top - top0;
  };
  const count = (more) => {
    missed = more;
    $("jump").hidden = !missed;
    $("jump").textContent = missed === 1 ? "1 new message ↓" : `${missed} new messages ↓`;
  };
  const toEnd = () => { pinned = true; found = false; hold(); count(0); read(); };

  // A burst is one announcement.
  const announce = (words) => {
    unsaid += words.length;
    if (!unsaid || Date.now() - saidAt < 3000) return;
    const who = part().dataset.title, last = words.at(-1)?.querySelector(".bubble__text")?.textContent;
    say(unsaid > 1 ? `${unsaid} new messages from ${who}` : `${who}: ${(last || "sent something").slice(0, 120)}`);
    [saidAt, unsaid] = [Date.now(), 0];
  };

  // The smallest node: a tick alone when only the tick changed.
  const trouble = (li) => li.querySelector(".report:not([data-tone=quiet]) p")?.textContent;
  const patch = (old, fresh) => {
    const { state } = fresh.dataset, before = old.dataset.state;
    if (trouble(fresh) && trouble(fresh) !== trouble(old)) say(trouble(fresh), "live-assertive");
    if (old.dataset.version === fresh.dataset.version) {
      if (state !== before) old.querySelector(".tick")?.replaceWith(fresh.querySelector(".tick"));
      if (state) old.dataset.state = state;
      return;
    }
    // The server's part begins somewhere; what stands here already knows its group.
    if (old.dataset.version) fresh.classList.toggle("msg--cont", old.classList.contains("msg--cont"));
    if (old.contains(document.activeElement)) scroller().focus({ preventScroll: true });
    old.replaceWith(fresh);
    htmx.process(fresh);
  };
  const merge = (list) => {
    grab();
    const fresh = [];
    let last = null;
    for (const node of [...list.children]) {
      const old = items().querySelector("#" + CSS.escape(node.id));
      if (old?.matches(".msg")) patch(old, document.adoptNode(node));
      else if (!old && !node.matches(".divider")) {
        if (last) last.after(document.adoptNode(node)); else continue;
        htmx.process(node);
        fresh.push(node);
      }
      last = $(node.id) || last;
    }
    hold();
    const inbound = fresh.filter((li) => li.matches(".msg--in"));
    if (!pinned) count(missed + inbound.length);
    announce(inbound);
  };
  const isFarAway = (list) => items().querySelector(".msg") && list.querySelector(".msg")
    && ![...list.querySelectorAll(".msg")].some((li) => items().querySelector("#" + CSS.escape(li.id)));

  // Form tokens differ each time; they are no change.
  const plain = (node) => node.outerHTML.replace(/value="\w{64}"/g, "");
  const replace = (name, page) => {
    const old = $(name), fresh = page.getElementById(name);
    if (plain(old) === plain(fresh) || old.querySelector(":popover-open")) return;
    const focused = old.contains(document.activeElement) && document.activeElement;
    old.replaceWith(document.adoptNode(fresh));
    htmx.process(fresh);
    if (focused) ($(focused.id) || part().querySelector("[data-focus-home]")).focus();
  };
  const panel = (fresh) => {
    const old = $("contact-panel");
    if (old.querySelector(":focus, :popover-open")) return;
    const shut = [...old.querySelectorAll("details:not([open])")].map((d) => d.dataset.section);
    const kept = [...old.querySelectorAll("[data-slot] > *")];
    old.replaceChildren(...fresh.childNodes);
    if (kept.length) old.querySelector("[data-slot]")?.replaceChildren(...kept);
    htmx.process(old);
    shut.forEach((name) => old.querySelector(`[data-section="${name}"]`)?.removeAttribute("open"));
  };

  const refresh = async () => {
    pending = 0;
    const mine = id(), { tail, version } = part().dataset;
    if (!mine) return;
    const seen = begun();
    const page = await draw(`${tail}?mode=${writing()?.dataset.composer || "reply"}&version=${version}&seen=${seen}`);
    if (!page || id() !== mine) return;
    if (seen !== begun()) return ask();
    const told = page.querySelector("[data-part=conversation]").dataset, list = page.querySelector("[data-part=items]");
    if (Number(told.version) < Number(part().dataset.version)) return;
    const far = isFarAway(list) || items().querySelector("[data-empty]"), { past } = part().dataset;
    if (past === "left" ? !items().querySelector(".msg[data-state=sending], .msg[data-state=waiting]") : far && past === undefined) return converge.reopen();
    part().dataset.version = told.version;
    converge.setClock(told.now);
    for (const node of page.querySelectorAll("[data-part=reacted] > li")) if ($(node.id)) patch($(node.id), document.adoptNode(node));
    if (!far && past !== "left") { part().dataset.seq = told.seq; merge(list); }
    replace("head-" + mine, page);
    const warned = shown();
    replace("status-line-" + mine, page);
    if (shown() && !warned) say(shown().previousElementSibling.innerText);
    converge.tell("composer", page.querySelector("[data-part=composer] > *"));
    panel(page.querySelector("[data-part=panel]"));
    read();
  };
  const ask = () => { if (id()) pending ||= setTimeout(refresh, 30); };

  // Read: visible, focused, at the end, for a second; from a search, once somebody scrolls.
  const read = () => {
    clearTimeout(reading);
    reading = setTimeout(() => {
      const { read: url, seq, seen = 0 } = part().dataset;
      if (!url || found || document.hidden || !document.hasFocus() || !near() || Number(seq) <= Number(seen)) return;
      part().dataset.seen = seq;
      post(url, { seq }).then(() => converge.tell("changed", { ids: { [id()]: [0] } })).catch(() => {});
    }, 1000);
  };
  const start = (focus) => {
    if (!id()) return;
    const s = scroller(), hit = $(location.hash.slice(1))?.closest(".msg"), aim = hit || $("unread");
    count(0);
    s.scrollTop = aim ? aim.offsetTop - s.clientHeight / 3 : s.scrollHeight;
    found = Boolean(hit);
    for (const by of ["wheel", "touchmove", "pointerdown", "keydown"]) s.addEventListener(by, () => { found = false; read(); }, { passive: true, once: true });
    s.addEventListener("scroll", () => { if (!near()) return; if (missed) count(0); read(); }, { passive: true });
    $("jump").addEventListener("click", toEnd);
    document.title = document.title.replace(/^(\(\d+\) )?.*$/, `$1${part().dataset.title} – Inbox – Converge`);
    if (focus) (matchMedia("(pointer: fine)").matches && document.querySelector("[data-composer] textarea") || part().querySelector("h1")).focus({ preventScroll: true });
    read();
    presence();
  };

  // Presence: here every 25 seconds, gone at once.
  const presence = (state) => {
    const url = part().dataset.presence;
    if (!url || document.hidden && !state) return;
    const text = document.querySelector("[data-composer=reply] textarea")?.value;
    post(url, { state: state || (text ? "replying" : "viewing") }, { keepalive: true }).catch(() => {});
  };
  setInterval(() => presence(), 25000);

  hear("changed", ({ ids }) => { if (!ids || ids[id()]?.[0] > part().dataset.version) ask(); });
  hear("opened", ({ focus }) => start(focus));
  hear("leaving", () => presence("left"));
  hear("sent", () => { if ("past" in part().dataset) part().dataset.past = "left"; toEnd(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { ask(); read(); } });
  document.addEventListener("htmx:beforeSwap", (e) => { if (e.detail.target.id === "older") { grab(); pinned = false; } });
  document.addEventListener("htmx:afterSwap", (e) => { if (e.detail.requestConfig?.path.includes("/older/")) hold(); });
  addEventListener("focus", read);
  addEventListener("pagehide", () => presence("left"));
  converge.toEnd = toEnd;
  // Too much has happened to join it on: the whole part again, at the end for who was there.
  converge.reopen = async () => {
    const wasNear = near(), url = new URL(location);
    url.hash = "";
    ["at", "before"].forEach((name) => url.searchParams.delete(name));
    history.replaceState({}, "", url);
    await htmx.ajax("GET", url.href, { target: "#conversation", swap: "outerHTML" });
    converge.tell("opened");
    if (wasNear) toEnd();
  };
  start(!location.hash && innerWidth >= 720);
})();
