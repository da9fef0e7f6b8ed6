// Every page: asking the server with the newest CSRF token, dialogs, copying, and acts that stay on the page.
window.converge = (() => {
  const $ = (id) => document.getElementById(id);
  const cookie = () => document.cookie.match(/csrf=([^;]+)/)?.[1] || "";
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent("converge:" + name, { detail }));
  const hear = (name, act) => document.addEventListener("converge:" + name, (e) => act(e.detail || {}));
  const say = (text, region = "live-polite") => { $(region).textContent = text; };
  const parse = (html) => new DOMParser().parseFromString(html, "text/html");
  // Words, or what the server drew. It stays while somebody stands on it.
  const notice = (what) => {
    const drawn = what.startsWith("<") && parse(what).querySelector(".notices__item");
    const item = drawn ? document.adoptNode(drawn) : Object.assign(document.createElement("p"), { className: "notices__item", textContent: what });
    let timer = 0;
    const rest = () => clearTimeout(timer), run = () => { rest(); timer = setTimeout(() => item.remove(), 10000); };
    for (const [kind, act] of [["pointerenter", rest], ["focusin", rest], ["pointerleave", run], ["focusout", run]]) item.addEventListener(kind, act);
    $("notices").replaceChildren(item);
    run();
  };

  const ask = async (url, options = {}) => {
    const headers = { "X-CSRFToken": cookie(), "X-Requested-With": "fetch", ...options.headers };
    const response = await fetch(url, { ...options, headers });
    if (response.status === 401) signedOut();
    return response;
  };
  const post = (url, fields, options) => ask(url, { method: "POST", body: new URLSearchParams(fields), ...options });
  const draw = async (url, headers) => {
    const response = await ask(url, { headers }).catch(() => null);
    return response?.status === 200 ? parse(await response.text()) : null;
  };

  // Not into the middle of a word: what somebody types would land in the dialog.
  let typedAt = 0, later = 0;
  document.addEventListener("input", () => { typedAt = Date.now(); }, true);
  const signedOut = () => {
    const dialog = $("signed-out");
    clearTimeout(later);
    if (!dialog || dialog.open) return;
    if (Date.now() - typedAt < 1500) return (later = setTimeout(signedOut, 500));
    say("You were signed out.", "live-assertive");
    dialog.showModal();
  };
  const signIn = async (form) => {
    const problem = form.querySelector("[role=alert]");
    const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-CSRFToken": cookie() } }).catch(() => null);
    problem.textContent = response ? "Email or password is not right." : "The server did not answer.";
    problem.hidden = response?.redirected;
    if (!problem.hidden) return;
    if (response.url.includes("/accounts/")) return location.assign(response.url);
    form.closest("dialog").close();
    tell("signed-in");
    tell("changed", { all: true });
  };

  // The server's clock: it decides when a window closes.
  let ahead = 0;
  const setClock = (seconds) => { ahead = seconds * 1000 - Date.now(); };
  setClock(Number(document.body.dataset.now) || Date.now() / 1000);

  let opener = null;
  // A form keeps the token it was drawn with; signing in again made it stale, so the cookie's counts.
  document.addEventListener("htmx:configRequest", ({ detail }) => { detail.headers["X-CSRFToken"] = cookie(); delete detail.parameters.csrfmiddlewaretoken; });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    const dialog = detail.target.id === "modal-root" && detail.target.querySelector("dialog:not([open])");
    if (!dialog) return;
    const by = detail.requestConfig?.elt;
    if (by?.isConnected) opener = by;
    dialog.addEventListener("close", () => {
      dialog.remove();
      (opener?.isConnected ? opener : document.querySelector("#conversation [data-focus-home]"))?.focus();
    });
    dialog.showModal();
    // By its sentence: while htmx settles, a field still wears the attributes it had before.
    (dialog.querySelector(".field:has(> .field__error) > :is(input, textarea), .picker__values input") || dialog.querySelector("h2")).focus();
  });
  document.addEventListener("session-expired", signedOut);
  for (const sent of ["template-sent", "message-sent"]) document.addEventListener(sent, () => {
    document.querySelector("dialog[data-modal]")?.close();
    if (sent === "template-sent") notice("Templates do not silence the bot. It will react to the answer.");
    tell("sent");
    tell("changed");
  });

  document.addEventListener("toggle", (e) => {
    if (e.newState === "open" && e.target.popover) e.target.querySelector("input:not([type=hidden]), .menu__item")?.focus();
  }, true);
  // What few people use is fetched when somebody does.
  document.addEventListener("click", async (e) => {
    const el = e.target.closest("[data-use]");
    if (!el) return;
    e.preventDefault();
    await import(el.dataset.use).then(() => tell("use", el), () => notice("You are offline."));
  });
  document.addEventListener("click", (e) => {
    const { open, copy } = e.target.closest("[data-open], [data-copy]")?.dataset || {};
    if (open) $(open).showModal();
    if (copy) navigator.clipboard?.writeText(copy).then(() => notice("Copied"));
    const dialog = e.target.closest("[data-close]")?.closest("dialog");
    if (dialog) { e.preventDefault(); dialog.close(); }
  });

  document.addEventListener("submit", async (e) => {
    const form = e.target, button = e.submitter;
    if (form.matches("#signed-out form")) { e.preventDefault(); return signIn(form); }
    if (!form.matches("[data-act]")) return;
    e.preventDefault();
    if (button?.ariaBusy) return;
    const fields = new FormData(form, button);
    fields.delete("csrfmiddlewaretoken");
    form.closest("[popover]")?.hidePopover();
    if (button) button.ariaBusy = "true";
    const response = await post(form.action, fields).catch(() => null);
    if (button) button.ariaBusy = null;
    if (!response) return notice("You are offline. Nothing was changed.");
    if (response.status === 200) notice(await response.text());
    else if (!response.ok && response.status !== 401) notice("That did not work. Try again.");
    form.closest("dialog")?.close();
    tell("changed");
    if (response.ok && "then" in form.dataset) tell("then", { then: fields.get("then") || form.dataset.then });
  });

  addEventListener("DOMContentLoaded", () => document.querySelector("[data-focus]")?.focus());
  return { $, tell, hear, say, notice, cookie, ask, post, draw, setClock, now: () => Date.now() + ahead };
})();
