// Writing: the bubble appears at once, the draft is never lost, a second click is the first.
(() => {
  const { $, tell, hear, say, post } = converge;
  const form = () => document.querySelector("[data-composer]"), field = () => form()?.querySelector("textarea");
  const seat = (name) => form().querySelector(`[data-${name}]`);
  const conversation = () => $("conversation").dataset.conversation;
  const key = () => `draft-${conversation()}-${form().dataset.composer}`;
  // Not `randomUUID`: it does not exist on plain http in an office network.
  const uuid = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64; bytes[8] = (bytes[8] & 63) | 128;
    return [...bytes].map((b, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + b.toString(16).padStart(2, "0")).join("");
  };
  let timer = 0, saving = Promise.resolve(), queue = Promise.resolve();

  // Drafts: this tab at once, the server after 700 ms.
  const keep = (text) => { try { text ? sessionStorage.setItem(key(), text) : sessionStorage.removeItem(key()); } catch { /* storage may be off */ } };
  const kept = () => { try { return sessionStorage.getItem(key()); } catch { return null; } };
  const save = () => {
    clearTimeout(timer);
    const f = form(), text = field()?.value;
    if (!f || f.dataset.saved === text) return saving;
    f.dataset.saved = text;
    saving = post(f.dataset.draft, { mode: f.dataset.composer, body: text, version: f.dataset.version }, { keepalive: true }).then(async (response) => {
      const words = await response.text(), line = f.querySelector("[data-note]");
      if (response.ok) { f.dataset.version = words; line.textContent = text ? "Draft saved" : ""; }
      else if (response.status === 409) offer(line, words);
      else delete f.dataset.saved;
    }).catch(() => { delete f.dataset.saved; });
    return saving;
  };
  const offer = (line, newer) => {
    const use = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: "A newer draft exists. Use it" });
    use.onclick = () => put(newer);
    line.replaceChildren(use);
  };
  const put = (text) => { field().value = text; form().dataset.version = 1e9; changed(); field().focus(); };
  const changed = () => {
    const { limit, bytes } = form().dataset, text = field().value;
    const left = limit - (bytes ? new TextEncoder().encode(text).length : text.length);
    seat("note").textContent = left > limit * 0.05 ? "" : left >= 0 ? `${left} left` : `${-left} over`;
    keep(text);
    clearTimeout(timer);
    timer = setTimeout(save, 700);
  };
  const restore = () => {
    if (!form()) return;
    form().dataset.saved = field().defaultValue;
    const text = kept();
    if (text && text !== field().value) { field().value = text; changed(); }
  };
  const empty = () => { field().value = form().dataset.saved = seat("note").textContent = ""; clearTimeout(timer); keep(""); };
  const unquote = () => form()?.querySelector("[data-quote]")?.remove();
  const hint = (words) => { seat("hint").textContent = words; };

  // Sending: one bubble is one message; they leave one after the other.
  const bubble = (text, client) => {
    const li = $("optimistic").content.firstElementChild.cloneNode(true), before = $("items-" + conversation()).lastElementChild;
    li.id = "m-" + client;
    li.dataset.at = converge.now() / 1000;
    li.classList.toggle("msg--cont", before?.dataset.group === li.dataset.group && li.dataset.at - before.dataset.at < 300);
    li.querySelector(".bubble__text").textContent = text;
    li.querySelector("time").textContent = new Date().toTimeString().slice(0, 5);
    before.after(li);
    return li;
  };
  const wait = (li, words) => {
    li.dataset.state = "waiting";
    li.querySelector(".report").hidden = false;
    li.querySelector(".report p").textContent = "Not sent yet – " + words;
    say("A message is not sent yet.", "live-assertive");
    tell("sent");
  };
  const refuse = (li, sentence) => {
    const { body: text, file } = li.data;
    li.remove();
    if (file) converge.files.add([file]);
    say(sentence, "live-assertive");
    if (!field()) return converge.notice(sentence);
    put([text, field().value].filter(Boolean).join("\n"));
    if (li.quote) seat("quoted").append(li.quote);
    hint(sentence);
  };
  const deliver = async (li, url, data) => {
    li.dataset.state = "sending";
    li.querySelector(".report").hidden = true;
    const response = await (data.file ? converge.files.upload(url, data, li) : post(url, data).catch(() => null));
    if (response?.status === 422 || response?.status === 409) {
      const told = await response.json();
      refuse(li, told.sentence);
      if (told.ask) { await import(told.script); converge.crossed(told, form()); }
    }
    else if (!response?.ok) return wait(li, !response ? "waiting for connection" : response.status === 401 ? "sign in to continue" : "the server did not answer");
    else li.dataset.state = "queued";
    tell("changed");
  };
  const send = (then, given) => {
    const f = form(), body = given ? "" : field().value.trim();
    if ("shut" in f.dataset) return;
    const files = given || converge.files?.take() || [], parts = files.length ? files.map((file, n) => ({ body: n ? "" : body, file, ...file.also })) : body ? [{ body }] : [];
    if (!parts.length) return;
    const reply_to = f.elements.reply_to?.value, quote = f.querySelector("[data-quote]");
    if (!given) empty();
    unquote();
    hint("");
    parts.forEach((part, n) => {
      const data = { client_id: uuid(), seen: f.elements.seen.value, ...part, ...(reply_to && !n && { reply_to }), ...(then && n === parts.length - 1 && { then }) }, li = bubble(part.file?.name || part.body, data.client_id);
      li.data = data;
      if (!n) li.quote = quote;
      li.send = () => { queue = Promise.all([queue, saving]).then(() => deliver(li, f.action, data)); };
      tell("sent");
      li.send();
    });
    field().focus();
  };
  const addNote = async () => {
    const body = field().value.trim();
    if (!body) return;
    const response = await post(form().action, { body }).catch(() => null);
    if (!response?.ok) return hint("The note is not saved yet. It is still in the box.");
    empty();
    tell("changed");
    tell("sent");
    if (response.status === 200) converge.notice(await response.text());
  };

  converge.sendFile = (file) => send("", [file]);

  // The server's composer takes its place, unless somebody's words are in it.
  const exchange = (fresh) => {
    $(fresh.id).replaceWith(document.adoptNode(fresh));
    htmx.process(fresh);
    restore();
  };
  const shut = (f, is) => {
    f.toggleAttribute("data-shut", is);
    seat("send").hidden = is;
    if (seat("choose")) seat("choose").hidden = !is;
  };
  hear("composer", (fresh) => {
    const old = $(fresh.id), chips = [old, fresh].map((c) => c.querySelector(".composer__bar > .chip"));
    const isOpen = fresh.dataset.variant === "open", [was, is] = [old, fresh].map((c) => c.querySelector("[name=seen]"));
    if (old.dataset.variant === "open" ? !isOpen && !field().value : old.dataset.variant !== fresh.dataset.variant) return exchange(fresh);
    // What comes while somebody writes may not have been read before it is answered.
    if (was && is && !field().value) was.value = is.value;
    if (chips[0].outerHTML !== chips[1].outerHTML) chips[0].replaceWith(chips[1]);
    if (old.dataset.composer === "reply") shut(old, !isOpen);
  });

  // Canned replies: their script is fetched when somebody first asks for them.
  const offerReplies = async (how) => {
    const link = form()?.querySelector("a[data-replies]");
    if (!link) return;
    if (!converge.replies) await import(link.dataset.replies);
    converge.replies(field(), link.href, how);
  };
  document.addEventListener("input", (e) => {
    if (e.target !== field()) return;
    changed();
    if ($("replies") || e.data === "/") offerReplies();
  });
  document.addEventListener("focusout", (e) => { if (e.target === field()) save(); });
  document.addEventListener("submit", (e) => {
    if (e.target !== form()) return;
    e.preventDefault();
    if (form().dataset.composer === "note") return addNote();
    e.submitter?.closest("[popover]")?.hidePopover();
    send(e.submitter?.value);
  });
  document.addEventListener("keydown", (e) => {
    if (e.target !== field() || e.isComposing) return;
    const command = e.ctrlKey || e.metaKey, isFine = matchMedia("(pointer: fine)").matches;
    const act = e.key === "Escape" ? () => document.querySelector(".thread").focus()
      : e.altKey && ["KeyN", "KeyR"].includes(e.code) ? () => document.querySelector(`[data-mode=${e.code === "KeyN" ? "note" : "reply"}]`).click()
      : e.key !== "Enter" ? null
      : command && e.shiftKey ? () => send("close")
      : command || !e.shiftKey && isFine && "enterSends" in form().dataset ? () => form().requestSubmit() : null;
    if (act) { e.preventDefault(); act(); }
  });
  document.addEventListener("click", async (e) => {
    const li = e.target.closest("li.msg"), mode = e.target.closest("a[data-mode]"), quote = e.target.closest("[data-quote-this]");
    if (li?.send && e.target.matches("[data-again]")) li.send();
    if (li?.send && e.target.matches("[data-edit]")) { put(li.data.body); if (li.data.file) converge.files.add([li.data.file]); }
    if (li?.send && e.target.matches("[data-edit], [data-drop]")) li.remove();
    if (e.target.closest("a[data-replies]")) { e.preventDefault(); field().focus(); return offerReplies("all"); }
    if (e.target.closest("[data-unquote]")) { e.preventDefault(); unquote(); field().focus(); }
    if (!mode && !quote) return;
    e.preventDefault();
    await save();
    const wish = mode ? `mode=${mode.dataset.mode}` : `mode=reply&reply_to=${quote.dataset.quoteThis}`;
    const page = await converge.draw(`${$("conversation").dataset.tail}?${wish}`);
    if (!page) return converge.notice("You are offline.");
    exchange(page.querySelector("[data-part=composer] > *"));
    field()?.focus();
  });

  // Bubbles that waited less than a minute go out by themselves, with the same id.
  const waiting = () => [...document.querySelectorAll("li.msg[data-state=waiting]")].filter((li) => li.send);
  const resend = () => waiting().forEach((li) => { if (converge.now() / 1000 - li.dataset.at < 60) li.send(); });
  hear("connection", (kind) => { if (kind === "live") resend(); });
  hear("signed-in", () => waiting().forEach((li) => li.send()));
  const leave = () => {
    if (!form()) return;
    const words = [...waiting().map((li) => li.data.body), field().value];
    if (words.length > 1) { field().value = words.filter(Boolean).join("\n"); keep(field().value); }
    save();
  };
  hear("leaving", leave);
  hear("opened", restore);
  // What a dialog sent carried the quote.
  for (const sent of ["template-sent", "message-sent"]) document.addEventListener(sent, unquote);
  addEventListener("pagehide", leave);
  restore();
})();
