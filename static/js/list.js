// The list: rows are patched where they stand; their order changes only when nobody is pointing at it.
(() => {
  const list = () => document.getElementById("conversations");
  const box = () => list()?.closest(".list__scroll");
  const pill = document.getElementById("list-pill");
  const waiting = new Map();
  let asked = new Set(), timer = null;

  const open = () => document.getElementById("conversation")?.dataset.conversation;
  const held = () => box()?.matches(":hover, :focus-within") || box()?.scrollTop > 8;
  const count = () => {
    pill.hidden = !waiting.size;
    pill.textContent = waiting.size === 1 ? "1 conversation moved – update order" : `${waiting.size} conversations moved – update order`;
  };
  const keepCurrent = (row) => {
    const link = row.querySelector(".conv__link");
    if (row.id === "row-" + open()) link.setAttribute("aria-current", "page");
  };
  const place = (row) => {
    list().querySelector("[data-empty]")?.remove();
    const rows = [...list().querySelectorAll(".conv")].filter((r) => r !== row);
    const below = list().dataset.order === "newest"
      ? rows.find((r) => parseFloat(r.dataset.rank) <= parseFloat(row.dataset.rank)) : null;
    list().insertBefore(row, below || document.getElementById("list-more"));
  };
  const apply = () => { for (const row of waiting.values()) place(document.getElementById(row.id) || row); waiting.clear(); count(); };

  const patch = (fresh) => {
    const old = document.getElementById(fresh.id);
    keepCurrent(fresh);
    if (!old) {
      if (held()) waiting.set(fresh.id, fresh); else place(fresh);
      return;
    }
    if (Number(old.dataset.version) > Number(fresh.dataset.version)) return;
    const moved = old.dataset.rank !== fresh.dataset.rank;
    const focused = old.contains(document.activeElement);
    old.replaceWith(fresh);
    htmx.process(fresh);
    if (focused) fresh.querySelector("a").focus();
    if (!moved) return;
    if (held()) waiting.set(fresh.id, fresh); else place(fresh);
  };
  const dim = (gone) => {
    const row = document.getElementById(gone.dataset.row);
    if (!row || row.hasAttribute("data-gone")) return;
    row.dataset.gone = "";
    row.querySelector(".conv__preview").textContent = gone.textContent;
  };
  const numbers = (part) => {
    for (const key of ["mine", "unassigned"]) {
      const seat = document.getElementById("count-" + key);
      if (seat) seat.textContent = part.dataset[key];
    }
    const unread = Number(part.dataset.unread), badge = document.getElementById("unread-count");
    badge.hidden = !unread;
    badge.querySelector("[data-number]").textContent = unread;
    document.title = document.title.replace(/^\(\d+\) /, "").replace(/^/, unread ? `(${unread}) ` : "");
  };

  const fetchRows = async () => {
    timer = null;
    const ids = [...asked].slice(0, 60);
    asked = new Set([...asked].slice(60));
    if (!list() || !ids.length) return;
    const query = new URLSearchParams(list().dataset.query);
    query.set("list", list().dataset.query);
    ids.forEach((id) => query.append("id", id));
    const response = await fetch(`${list().dataset.list}?${query}`, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (response?.status === 401) return converge.signedOut();
    if (!response?.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    page.querySelectorAll("[data-part=rows] > .conv").forEach((row) => patch(document.adoptNode(row)));
    page.querySelectorAll("[data-part=gone] > li").forEach(dim);
    numbers(page.querySelector("[data-part=counts]"));
    count();
    if (asked.size) timer = setTimeout(fetchRows, 300);
  };
  const ask = (ids) => {
    ids.forEach((id) => asked.add(id));
    // A little disorder, so that three hundred pages do not ask at once.
    if (!timer) timer = setTimeout(fetchRows, 40 + Math.random() * 120);
  };
  const reload = async () => {
    if (!list()) return;
    const response = await fetch(location.pathname.replace(/c\/.*$/, "") + "?" + list().dataset.query,
      { headers: { "HX-Request": "true", "HX-Target": "conversations" } }).catch(() => null);
    if (!response?.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    page.querySelectorAll(".conv").forEach((row) => patch(document.adoptNode(row)));
    ask([...list().querySelectorAll(".conv")].map((row) => row.id.slice(4)).slice(0, 50));
  };

  document.addEventListener("converge:changed", (e) => {
    if (e.detail.all) return reload();
    ask(e.detail.ids ? Object.keys(e.detail.ids) : [open()].filter(Boolean));
  });
  pill.addEventListener("click", apply);
  box()?.addEventListener("pointerleave", () => { if (!held()) apply(); });

  // Following a row swaps only the conversation; the list stays as it is.
  document.addEventListener("click", (e) => {
    const link = e.target.closest(".conv__link");
    if (!link || e.metaKey || e.ctrlKey || e.shiftKey || e.button || innerWidth < 720) return;
    e.preventDefault();
    converge.follow(link);
  });
  converge.follow = (link, focus = true) => {
    document.querySelectorAll(".conv__link[aria-current]").forEach((l) => l.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "page");
    document.dispatchEvent(new CustomEvent("converge:leaving"));
    return htmx.ajax("GET", link.href, { target: "#conversation", swap: "outerHTML", source: link })
      .then(() => {
        history.pushState({}, "", link.href);
        document.dispatchEvent(new CustomEvent("converge:opened", { detail: { focus } }));
      });
  };
  addEventListener("popstate", () => location.reload());
})();
