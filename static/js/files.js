// Files: chosen, dropped or pasted, checked before they travel, each a message of its own.
(() => {
  const { $, hear, say } = converge;
  const MEGABYTE = 1048576, held = {};
  const seat = () => document.querySelector("[data-files]"), hint = () => document.querySelector("[data-composer] [data-hint]");
  const mine = () => (held[$("conversation").dataset.conversation] ||= []);
  const size = (file) => file.size < MEGABYTE ? `${Math.max(1, Math.round(file.size / 1024))} KB` : `${(file.size / MEGABYTE).toFixed(1)} MB`;
  // The server judges by the bytes; this only saves a journey in vain.
  const why = (file) => {
    const [kind, format] = file.type.split("/"), { where, limits: all } = seat().dataset, limits = new URLSearchParams(all), most = limits.get(kind) || limits.get("document");
    if (!file.size) return `${file.name} is empty.`;
    if (kind === "image" && !["jpeg", "png"].includes(format)) return `${where} takes pictures as JPEG or PNG.`;
    return file.size > most * MEGABYTE ? `${file.name} is too large for ${where}: ${size(file)} of at most ${most} MB.` : "";
  };
  const chip = (file) => {
    const li = Object.assign(document.createElement("li"), { className: "chip chip--tag" }), remove = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    remove.setAttribute("aria-label", `Remove ${file.name}`);
    remove.onclick = () => { mine().splice(mine().indexOf(file), 1); draw(); document.querySelector("[data-composer] textarea").focus(); };
    li.append(`${file.name} · ${size(file)} `, remove);
    return li;
  };
  const draw = () => {
    if (!seat()) return;
    seat().replaceChildren(...mine().map(chip));
    seat().hidden = !mine().length;
    document.querySelector("[data-choose-files]").multiple = true;
    if (mine().length > 1) hint().textContent = `${mine().length} messages will be sent.`;
  };
  const add = (files) => {
    hint().textContent = "";
    const problems = files.map(why).filter(Boolean);
    mine().push(...files.filter((file) => !why(file)));
    draw();
    if (problems.length) { hint().textContent = problems.join(" "); say(problems.join(" "), "live-assertive"); }
    document.querySelector("[data-composer] textarea").focus();
  };
  const take = () => { const files = mine().splice(0); draw(); return files; };

  // Not fetch, which does not tell how far an upload has come.
  const upload = (url, fields, li) => new Promise((done) => {
    const request = new XMLHttpRequest(), form = new FormData();
    for (const name in fields) form.append(name, fields[name]);
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", converge.cookie());
    request.setRequestHeader("X-Requested-With", "fetch");
    request.upload.onprogress = (e) => { li.querySelector("time").textContent = `${Math.round(100 * e.loaded / e.total)} %`; };
    request.onerror = () => done(null);
    request.onload = () => {
      if (request.status === 401) document.dispatchEvent(new Event("session-expired"));
      done(new Response(request.responseText, { status: request.status }));
    };
    request.send(form);
  });

  document.addEventListener("change", (e) => {
    if (!e.target.matches("[data-choose-files]")) return;
    add([...e.target.files]);
    e.target.value = "";
  });
  document.addEventListener("paste", (e) => {
    const files = [...e.clipboardData.files];
    if (!seat() || !files.length) return;
    e.preventDefault();
    add(files);
  });
  const isOver = (e) => e.dataTransfer?.types.includes("Files");
  const mark = (is) => $("conversation").toggleAttribute("data-dropping", is);
  document.addEventListener("dragover", (e) => {
    if (!isOver(e)) return;
    e.preventDefault();
    mark(Boolean(seat() && e.target.closest("#conversation")));
  });
  document.addEventListener("dragleave", (e) => { if (!e.relatedTarget) mark(false); });
  document.addEventListener("drop", (e) => {
    if (!isOver(e)) return;
    e.preventDefault();
    mark(false);
    if (seat() && e.target.closest("#conversation")) add([...e.dataTransfer.files]);
  });
  hear("opened", draw);
  converge.files = { add, take, upload };
  draw();
})();
