// Every page: the CSRF token at request time, dialogs, copying, and acts that stay on the page.
window.converge = (() => {
  const cookie = () => (document.cookie.match(/(?:^|; )(?:__Host-)?csrf=([^;]+)/) || [])[1] || "";
  const say = (text, region = "live-polite") => { document.getElementById(region).textContent = text; };

  const notice = (text) => {
    const box = document.getElementById("notices");
    const line = Object.assign(document.createElement("p"), { className: "notices__item", textContent: text });
    box.replaceChildren(line);
    setTimeout(() => line.remove(), 8000);
  };

  const post = async (url, body, options = {}) => {
    const send = () => fetch(url, {
      method: "POST", body, credentials: "same-origin", ...options,
      headers: { "X-CSRFToken": cookie(), "X-Requested-With": "fetch" },
    });
    const response = await send();
    if (response.status === 401) { signedOut(); return response; }
    // Signing in again in another tab changed the token: once more with the new one.
    return response.status === 403 && response.headers.get("HX-Trigger") === "csrf-expired" ? send() : response;
  };

  const signedOut = () => {
    say("You were signed out.", "live-assertive");
    if (document.getElementById("signed-out")) return;
    const dialog = document.createElement("dialog");
    Object.assign(dialog, { className: "dialog", id: "signed-out" });
    dialog.setAttribute("aria-labelledby", "signed-out-heading");
    dialog.innerHTML = '<header class="dialog__head"><h2 id="signed-out-heading">You were signed out</h2></header>'
      + '<div class="dialog__body"><p>Your draft is saved here. Sign in to continue.</p></div>'
      + '<footer class="dialog__foot"><button class="btn btn--quiet" type="button" data-close>Stay here</button>'
      + '<a class="btn btn--primary" target="_blank" rel="opener" href="/accounts/login/?next=/workspaces/">Sign in</a></footer>';
    document.getElementById("modal-root").replaceChildren(dialog);
    dialog.showModal();
  };

  const changed = (detail = {}) => document.dispatchEvent(new CustomEvent("converge:changed", { detail }));

  document.addEventListener("htmx:configRequest", (e) => { e.detail.headers["X-CSRFToken"] = cookie(); });
  document.addEventListener("session-expired", signedOut);
  document.addEventListener("template-sent", () => {
    document.querySelector("dialog[data-modal]")?.close();
    notice("Templates do not silence the bot. It will react to the answer.");
    changed();
  });
  document.addEventListener("htmx:afterSwap", (e) => {
    if (e.detail.target.id !== "modal-root") return;
    const dialog = e.detail.target.querySelector("dialog:not([open])");
    if (!dialog) return;
    const opener = e.detail.requestConfig?.elt;
    dialog.addEventListener("close", () => {
      dialog.remove();
      const home = opener?.isConnected ? opener : document.querySelector("#conversation [data-focus-home]");
      home?.focus();
    }, { once: true });
    dialog.showModal();
    (dialog.querySelector("[autofocus], [aria-invalid], .picker__values input") || dialog.querySelector("h2"))?.focus();
  });

  document.addEventListener("click", (e) => {
    const on = (selector) => e.target.closest(selector);
    const close = on("[data-close]");
    if (close?.closest("dialog")) { e.preventDefault(); close.closest("dialog").close(); }
    const open = on("[data-open]");
    if (open) document.getElementById(open.dataset.open).showModal();
    const copy = on("[data-copy]");
    if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => notice("Copied"));
  });

  document.addEventListener("submit", async (e) => {
    const form = e.target.closest("form[data-act]");
    if (!form) return;
    e.preventDefault();
    const body = new FormData(form, e.submitter);
    form.closest("[popover]")?.hidePopover?.();
    if (e.submitter?.hasAttribute("aria-busy")) return;
    e.submitter?.setAttribute("aria-busy", "true");
    try {
      const response = await post(form.action, body);
      const words = response.status === 200 ? await response.text() : "";
      if (words && words.length < 300) notice(words);
      if (!response.ok && response.status !== 401) notice("That did not work. Try again.");
      form.closest("dialog")?.close();
      if ("leave" in form.dataset) location.assign(document.querySelector(".seg--wide [aria-current]").href);
      else changed({ focus: e.submitter?.id, next: body.get("then") === "next" });
    } catch { notice("You are offline. Nothing was changed."); }
    finally { e.submitter?.removeAttribute("aria-busy"); }
  });

  addEventListener("DOMContentLoaded", () => document.querySelector("[data-focus]")?.focus());
  return { post, say, notice, changed, signedOut };
})();
