// Ringing, once for all tabs of a browser: a desktop notification where nobody looks, and a sound.
(() => {
  const { $, hear, ask } = converge, { rings: url, sound } = $("bell").dataset, who = document.body.dataset.channel;
  const FRONT = `converge-front-${who}:`, PAUSE = 300;
  let known = null, timer = 0, leave = null, isOurs = false;

  // A tab in front holds a lock with its conversation's name, so that the one that rings knows.
  const isFront = () => document.visibilityState === "visible" && document.hasFocus();
  const stand = () => {
    leave?.();
    leave = null;
    if (isFront()) navigator.locks.request(FRONT + ($("conversation")?.dataset.conversation || ""), { mode: "shared" }, () => new Promise((done) => { leave = done; }));
  };
  const inFront = async () => (await navigator.locks.query()).held.map(({ name }) => name).filter((name) => name.startsWith(FRONT));

  const play = () => {
    const context = new AudioContext(), volume = context.createGain(), now = context.currentTime;
    volume.connect(context.destination);
    volume.gain.setValueAtTime(0.12, now);
    volume.gain.exponentialRampToValueAtTime(0.001, now + 0.35);
    for (const [after, pitch] of [[0, 660], [0.12, 880]]) {
      const tone = context.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(volume);
      tone.start(now + after);
      tone.stop(now + 0.35);
    }
    setTimeout(() => context.close(), 1000);
  };
  const show = ({ title, text, path, about }) => {
    let notice;
    try { notice = new Notification(title, { body: text, tag: about, renotify: true }); } catch { return; /* some phones show none of a page's */ }
    notice.addEventListener("click", () => { window.focus(); notice.close(); location.assign(path); });
  };
  const ring = async (fresh) => {
    const front = await inFront(), unseen = fresh.filter(({ about }) => !front.includes(FRONT + about));
    if (sound && unseen.length) play();
    if (front.length || window.Notification?.permission !== "granted") return;
    // One for a conversation; the newest says enough.
    for (const one of new Map(unseen.reverse().map((r) => [r.about, r])).values()) show(one);
  };
  const look = async () => {
    timer = 0;
    const response = await ask(url).catch(() => null);
    if (response?.status !== 200) return;
    const { rings } = await response.json(), fresh = rings.filter(({ key }) => !known?.has(key)), isFirst = !known;
    // For ever: what is marked as unread does not ring again.
    known ||= new Set();
    for (const { key } of rings) known.add(key);
    if (!isFirst && fresh.length) await ring(fresh);
  };
  const soon = () => { if (isOurs) timer ||= setTimeout(look, PAUSE); };

  for (const kind of ["focus", "blur"]) addEventListener(kind, stand);
  document.addEventListener("visibilitychange", stand);
  hear("opened", stand);
  stand();
  hear("called", soon);
  hear("changed", ({ all, ids }) => { if (all || Object.values(ids || {}).some(([, to]) => to === Number(who.split("-")[0]))) soon(); });
  // Whichever tab came first rings; when it is closed, the next one does.
  navigator.locks.request(`converge-ring-${who}`, () => { isOurs = true; look(); return new Promise(() => {}); });
})();
