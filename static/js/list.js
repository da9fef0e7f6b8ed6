// The list: rows are patched where they stand; their order changes only when nobody is pointing at it.
(() => {
  const { $, tell, hear, draw } = converge;
  const list = () => $("conversations"), box = list().closest(".list__scroll"), pill = $("list-pill");
  const waiting = new Map(), asked = new Set();
  let timer = 0;

  const links = () => [...list().querySelectorAll(".conv__link")];
  const open = () => $("conversation")?.dataset.conversation;
  // Not :hover, which forgets a resting pointer when the row below it is replaced.
  let pointed = false;
  const held = () => pointed || box.matches(":focus-within") || box.scrollTop > 8;
  const count = () => {
    pill.hidden = !waiting.size;
    pill.textContent = `${waiting.size} conversation${waiting.size === 1 ? "" : "s"} moved – update order`;
  };
  // As the server sorts: by time, then by id, for two may have written in the same second.
  const isAbove = (a, b) => {
    const [at, id] = a.dataset.rank.split("_").map(Number), [other, its] = b.dataset.rank.split("_").map(Number);
    return at > other || (at === other && id > its);
  };
  const place = (row) => {
    list().querySelector("[data-empty]")?.remove();
    const below = list().dataset.order === "newest" && [...list().querySelectorAll(".conv")]
      .find((other) => other !== row && isAbove(row, other));
    list().insertBefore(row, below || $("list-more"));
  };
  const apply = () => { waiting.forEach((row, id) => place($(id) || row)); waiting.clear(); count(); };

  const patch = (row) => {
    const fresh = document.adoptNode(row), old = $(fresh.id);
    if (Number(old?.dataset.version) > Number(fresh.dataset.version)) return;
    if (fresh.id === "row-" + open()) fresh.querySelector("a").setAttribute("aria-current", "page");
    const focused = old?.contains(document.activeElement);
    old?.replaceWith(fresh);
    if (focused) fresh.querySelector("a").focus();
    if (old?.dataset.rank === fresh.dataset.rank) return;
    if (held()) waiting.set(fresh.id, fresh); else place(fresh);
  };
  // It stays, dimmed, with the reason, until somebody looks elsewhere.
  const dim = (gone) => {
    const row = $(gone.dataset.row);
    if (!row || "gone" in row.dataset) return;
    row.dataset.gone = "";
    row.querySelector(".conv__preview").textContent = gone.textContent;
  };
  const numbers = ({ mine, unassigned, unread }) => {
    $("count-mine").textContent = mine;
    $("count-unassigned").textContent = unassigned;
    const badge = $("unread-count"), some = Number(unread);
    badge.hidden = !some;
    badge.querySelector("[data-number]").textContent = unread;
    document.title = (some ? `(${unread}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  };

  const fetchRows = async () => {
    timer = 0;
    const ids = [...asked].slice(0, 60), { query, list: url } = list().dataset;
    if (!ids.length) return;
    ids.forEach((id) => asked.delete(id));
    const page = await draw(`${url}?${query}&${new URLSearchParams([["list", query], ...ids.map((id) => ["id", id])])}`);
    if (!page) return;
    page.querySelectorAll(".conv").forEach(patch);
    page.querySelectorAll("[data-row]").forEach(dim);
    numbers(page.querySelector("[data-part=counts]").dataset);
    count();
    if (asked.size) ask([]);
  };
  const ask = (ids) => {
    ids.forEach((id) => id && asked.add(id));
    // A little disorder, so that three hundred pages do not ask at once.
    timer ||= setTimeout(fetchRows, 40 + Math.random() * 120);
  };
  const reload = async () => {
    const { query, page: url } = list().dataset;
    const page = await draw(`${url}?${query}`, { "HX-Request": "true", "HX-Target": "conversations" });
    page?.querySelectorAll(".conv").forEach(patch);
    ask([...list().querySelectorAll(".conv")].map((row) => row.id.slice(4)).slice(0, 50));
  };

  const follow = async (link, focus = true) => {
    links().forEach((other) => other.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "page");
    tell("leaving");
    // The person's name is the page's heading now.
    const heading = $("list-heading");
    heading.outerHTML = heading.outerHTML.replaceAll("h1", "h2");
    await htmx.ajax("GET", link.href, { target: "#conversation", swap: "outerHTML", source: link });
    history.pushState({}, "", link.href);
    tell("opened", { focus });
  };
  const goOn = (then) => {
    const all = links(), next = all[all.findIndex((a) => a.ariaCurrent) + 1];
    if (then === "leave") return location.assign(list().dataset.page);
    if (!next) return $("list-heading").focus();
    if (then === "next" && innerWidth >= 720) return follow(next);
    next.focus();
    converge.say(next.querySelector(".conv__name").textContent);
  };

  hear("changed", ({ all, ids }) => (all ? reload() : ask(ids ? Object.keys(ids) : [open()])));
  hear("then", ({ then }) => goOn(then));
  pill.addEventListener("click", apply);
  box.addEventListener("pointerenter", () => { pointed = true; });
  box.addEventListener("pointerleave", () => { pointed = false; if (!held()) apply(); });
  document.addEventListener("click", (e) => {
    if (e.target.name === "id") import(list().dataset.together);
    const link = e.target.closest(".conv__link");
    if (!link || e.metaKey || e.ctrlKey || e.shiftKey || e.button || innerWidth < 720) return;
    e.preventDefault();
    follow(link);
  });
  addEventListener("popstate", () => location.reload());
  list().querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
})();
