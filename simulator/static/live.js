/* Keeps [data-poll] elements fresh and sends [data-quiet] forms without leaving the page. */
(() => {
  const EVERY = 900;

  async function refresh(element, force) {
    const url = new URL(element.dataset.poll, location);
    url.searchParams.set("seen", document.visibilityState === "visible" ? "1" : "0");
    if (!force) url.searchParams.set("version", element.dataset.version || "");
    const answer = await fetch(url);
    if (answer.status !== 200 || !element.isConnected) return;
    if (element.contains(document.activeElement) || element.querySelector("details[open]")) {
      if (!force) return;
    }
    replace(element, await answer.text());
  }

  function replace(element, html) {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const fresh = holder.content.firstElementChild;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    element.replaceWith(fresh);
    if (fresh.hasAttribute("data-stick")) {
      if (below < 120) stick(fresh);
      else fresh.scrollTop = fresh.scrollHeight - fresh.clientHeight - below;
    }
  }

  function stick(element) {
    element.scrollTop = element.scrollHeight;
    for (const picture of element.querySelectorAll("img")) {
      picture.addEventListener("load", () => { element.scrollTop = element.scrollHeight; });
    }
  }

  async function refreshAll(force) {
    for (const element of document.querySelectorAll("[data-poll]")) {
      try {
        await refresh(element, force);
      } catch {
        return; /* the simulator is being restarted: the next turn tries again */
      }
    }
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-quiet")) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(body) });
    if (answer.status === 400) {
      alert(await answer.text());
      return;
    }
    if (form.dataset.leave) {
      location.assign(form.dataset.leave);
      return;
    }
    form.closest("details.menu")?.removeAttribute("open");
    form.reset();
    await refreshAll(true);
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    }
  });

  document.querySelectorAll("[data-stick]").forEach(stick);
  setInterval(() => refreshAll(false), EVERY);
})();
