// Writing: the bubble appears at once, the draft is never lost, a second click is the first.
(() => {
  const form = () => document.querySelector("[data-composer]");
  const field = () => form()?.querySelector("textarea");
  const conversation = () => document.getElementById("conversation")?.dataset.conversation;
  const key = (f) => `draft-${conversation()}-${f.dataset.composer}`;
  const uuid = () => {
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64; b[8] = (b[8] & 63) | 128;
    return [...b].map((x, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + x.toString(16).padStart(2, "0")).join("");
  };
  let saving = null, queue = Promise.resolve();

  // Drafts: the server after 700 ms, this tab at once.
  const save = () => {
    clearTimeout(saving);
    const f = form();
    if (!f?.dataset.draft || f.dataset.saved === field().value) return Promise.resolve();
    const text = field().value;
    f.dataset.saved = text;
    return converge.post(f.dataset.draft, new URLSearchParams({ mode: f.dataset.composer, body: text, version: f.dataset.draftVersion }), { keepalive: true })
      .then(async (r) => {
        if (r.ok) { f.dataset.draftVersion = await r.text(); f.querySelector("[data-saved]").textContent = text ? "Draft saved" : ""; }
        else if (r.status === 409) offer(f, await r.text());
        else delete f.dataset.saved;
      }).catch(() => { delete f.dataset.saved; });
  };
  const offer = (f, newer) => {
    const seat = f.querySelector("[data-saved]");
    const use = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: "A newer draft exists. Use it" });
    use.onclick = () => { field().value = newer; f.dataset.draftVersion = 1e9; seat.textContent = ""; changed(); };
    seat.replaceChildren(use);
  };
  const changed = () => {
    const f = form(), text = field().value, bytes = f.dataset.bytes ? new TextEncoder().encode(text).length : text.length;
    const left = Number(f.dataset.limit) - bytes;
    f.querySelector("[data-saved]").textContent = left > f.dataset.limit * 0.05 ? "" : left >= 0 ? `${left} left` : `${-left} over`;
    try { text ? sessionStorage.setItem(key(f), text) : sessionStorage.removeItem(key(f)); } catch { /* storage may be off */ }
    grow();
    clearTimeout(saving);
    saving = setTimeout(save, 700);
  };
  const grow = () => {
    const t = field();
    if (!t || CSS.supports("field-sizing", "content")) return;
    t.rows = Math.min(12, t.value.split("\n").length);
  };
  const restore = () => {
    const f = form();
    if (!f) return;
    f.dataset.saved = field().defaultValue;
    let kept = null;
    try { kept = sessionStorage.getItem(key(f)); } catch { /* storage may be off */ }
    if (kept && kept !== field().value) { field().value = kept; changed(); }
    grow();
  };

  // Sending: one bubble is one message; they leave one after the other.
  const bubble = (text, client) => {
    const li = document.getElementById("optimistic").content.firstElementChild.cloneNode(true);
    li.id = "m-" + client;
    li.dataset.at = Date.now() / 1000;
    li.querySelector(".bubble__text").textContent = text;
    li.querySelector("time").textContent = new Date(converge.now?.() || Date.now()).toTimeString().slice(0, 5);
    document.getElementById("items-" + conversation()).append(li);
    document.dispatchEvent(new CustomEvent("converge:sent"));
    return li;
  };
  const report = (li, state, words, certain) => {
    li.dataset.state = state;
    const box = li.querySelector(".report");
    box.hidden = false;
    box.querySelector("p").textContent = words;
    box.querySelector("[data-again]").hidden = certain;
    document.dispatchEvent(new CustomEvent("converge:sent"));
  };
  const deliver = async (li, url, data) => {
    li.dataset.state = "sending";
    li.querySelector(".report").hidden = true;
    try {
      const response = await converge.post(url, data);
      if (response.ok) {
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const fresh = page.querySelector("li.msg"), old = document.getElementById(li.id);
        if (fresh && old && old.dataset.version === undefined) { old.replaceWith(document.adoptNode(fresh)); htmx.process(fresh); }
        return converge.changed();
      }
      if (response.status === 422 || response.status === 409) {
        const refused = await response.json();
        report(li, "refused", refused.sentence, true);
        converge.say(refused.sentence, "live-assertive");
        if (field() && !field().value) { field().value = data.get("body"); changed(); li.remove(); hint(refused.sentence); }
        return converge.changed();
      }
      report(li, "waiting", response.status === 401 ? "Not sent yet – sign in to continue" : "Not sent yet – the server did not answer");
    } catch { report(li, "waiting", "Not sent yet – waiting for connection"); }
    converge.say("A message is not sent yet.", "live-assertive");
  };
  const hint = (words) => {
    let line = form().querySelector("[data-hint]");
    if (!line) { line = Object.assign(document.createElement("p"), { className: "truncate grow" }); form().querySelector(".composer__bar > .chip").before(line); }
    line.dataset.hint = "";
    line.textContent = words;
  };
  const send = (then) => {
    const f = form(), text = field().value.trim();
    if (!text) return;
    const client = uuid(), data = new URLSearchParams({ client_id: client, body: text });
    if (then) data.set("then", then);
    const li = bubble(text, client), url = f.action;
    li.send = () => { queue = queue.then(() => deliver(li, url, data)); };
    field().value = "";
    f.querySelector("[data-hint]")?.remove();
    forget(f);
    li.send();
    field().focus();
  };
  const forget = (f) => {
    clearTimeout(saving);
    f.dataset.saved = "";
    f.dataset.draftVersion = 1e9;
    f.querySelector("[data-saved]").textContent = "";
    try { sessionStorage.removeItem(key(f)); } catch { /* storage may be off */ }
    grow();
  };
  const addNote = async () => {
    const f = form(), text = field().value.trim();
    if (!text) return;
    const response = await converge.post(f.action, new URLSearchParams({ body: text })).catch(() => null);
    if (!response?.ok) return converge.notice("The note is not saved yet. It is still in the box.");
    field().value = "";
    forget(f);
    converge.changed();
  };

  // The server's composer takes its place, unless somebody's words are in it.
  document.addEventListener("converge:composer", (e) => {
    const fresh = document.adoptNode(e.detail), old = document.getElementById(fresh.id);
    if (!old) return;
    const words = old.querySelector("textarea")?.value || "";
    if (old.dataset.variant === "open" && fresh.dataset.variant === "open") {
      const [chip, next] = [old, fresh].map((c) => c.querySelector(".composer__bar > .chip"));
      if (chip.outerHTML !== next.outerHTML) chip.replaceWith(next);
      return;
    }
    if (old.dataset.variant === fresh.dataset.variant) return;
    if (words) return closeAround(old, fresh);
    old.replaceWith(fresh);
    htmx.process(fresh);
    restore();
  });
  // The window closed while somebody wrote: the text stays, the button changes.
  const closeAround = (old, fresh) => {
    const chip = fresh.querySelector(".composer__bar > .chip");
    old.querySelector(".composer__bar > .chip").replaceWith(chip);
    const choose = fresh.querySelector(".btn--primary"), button = old.querySelector("[data-send]");
    if (!button || old.dataset.closed) return;
    old.dataset.closed = "1";
    if (!choose) { button.disabled = true; return; }
    button.textContent = "Choose a template";
    button.type = "button";
    button.onclick = () => save().then(() => htmx.ajax("GET", fresh.action, { target: "#modal-root", source: button }));
  };

  document.addEventListener("input", (e) => { if (e.target === field()) changed(); });
  document.addEventListener("focusout", (e) => { if (e.target === field()) save(); });
  document.addEventListener("submit", (e) => {
    if (e.target !== form()) return;
    e.preventDefault();
    if (form().dataset.closed) return;
    if (form().dataset.composer === "note") addNote();
    else { send(e.submitter?.value); document.querySelector("[popover]:popover-open")?.hidePopover(); }
  }, true);
  document.addEventListener("keydown", (e) => {
    if (e.target !== field() || e.isComposing) return;
    if (e.key === "Enter" && e.shiftKey && (e.ctrlKey || e.metaKey)) { e.preventDefault(); send("close"); }
    else if (e.key === "Enter" && !e.shiftKey && !matchMedia("(pointer: coarse)").matches) { e.preventDefault(); form().requestSubmit(); }
    else if (e.key === "Escape") document.querySelector(".thread")?.focus();
    else if (e.altKey && (e.code === "KeyN" || e.code === "KeyR")) { e.preventDefault(); document.querySelector(`[data-mode=${e.code === "KeyN" ? "note" : "reply"}]`)?.click(); }
  });
  document.addEventListener("click", (e) => {
    const li = e.target.closest("li.msg");
    if (li?.send && e.target.closest("[data-again]")) li.send();
    if (li?.send && e.target.closest("[data-edit], [data-drop]")) {
      if (e.target.closest("[data-edit]") && field()) { field().value = li.querySelector(".bubble__text").textContent; changed(); field().focus(); }
      li.remove();
    }
    const mode = e.target.closest("[data-mode]");
    if (!mode || !mode.href || !conversation()) return;
    e.preventDefault();
    save().then(() => fetch(mode.href, { headers: { "HX-Request": "true", "HX-Target": "conversation" } }))
      .then((r) => r.text()).then((html) => {
        const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".composer");
        const old = document.getElementById(fresh.id);
        old.replaceWith(document.adoptNode(fresh));
        htmx.process(fresh);
        restore();
        field()?.focus();
      }).catch(() => converge.notice("You are offline."));
  });
  // Bubbles that waited less than a minute go out by themselves, with the same id.
  document.addEventListener("converge:connection", (e) => {
    if (e.detail !== "live") return;
    document.querySelectorAll("li.msg[data-state=waiting]").forEach((li) => {
      if (li.send && Date.now() / 1000 - li.dataset.at < 60) li.send();
    });
  });
  document.addEventListener("converge:leaving", () => { if (form()) save(); });
  document.addEventListener("converge:opened", restore);
  addEventListener("pagehide", () => { if (form()) save(); });
  restore();
})();
