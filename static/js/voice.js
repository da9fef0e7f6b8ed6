// Voice messages: recorded over the composer, paused, thrown away or sent; never lost by going elsewhere.
(() => {
  const { $, hear, say, notice } = converge;
  const LONGEST = 600, TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
  let current = null;

  const here = () => $("conversation").dataset.conversation;
  const composer = () => document.querySelector("[data-composer]");
  const length = () => Math.floor((current.before + (current.since ? Date.now() - current.since : 0)) / 1000);
  const shown = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

  const draw = () => {
    const bar = $("recorder");
    if (!current || !bar) return;
    const isPaused = current.recorder.state === "paused";
    bar.dataset.state = isPaused ? "paused" : "recording";
    bar.querySelector("[data-word]").textContent = isPaused ? "Paused" : "Recording";
    bar.querySelector("[data-pause]").setAttribute("aria-label", isPaused ? "Go on recording" : "Pause");
    bar.querySelector("[data-time]").textContent = shown(length());
    if (!isPaused && length() >= LONGEST) { pause(); notice("A voice message may last ten minutes here. Send it and begin another."); }
  };
  const meter = () => {
    const level = $("recorder")?.querySelector("meter");
    if (!current) return;
    if (level) {
      const heard = new Float32Array(current.ear.fftSize);
      current.ear.getFloatTimeDomainData(heard);
      level.value = current.recorder.state === "paused" ? 0 : Math.min(1, 4 * Math.max(...heard.map(Math.abs)));
    }
    requestAnimationFrame(meter);
  };
  const mount = () => {
    $("conversation").append($("recorder-shape").content.firstElementChild.cloneNode(true));
    if (composer()) composer().inert = true;
    draw();
    $("recorder").querySelector("[data-pause]").focus();
  };
  const end = () => {
    clearInterval(current.timer);
    current.stream.getTracks().forEach((track) => track.stop());
    current.sound.close();
    current = null;
    $("recorder")?.remove();
    if (!composer()) return;
    composer().inert = false;
    composer().querySelector("textarea").focus();
  };

  const begin = async () => {
    if (current) return notice("A recording waits in another conversation. Send or discard it first.");
    if (!navigator.mediaDevices || !self.MediaRecorder) return notice("This browser records only over a secure connection (https).");
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } }).catch((error) => error);
    if (stream instanceof Error) return notice(stream.name === "NotFoundError" ? "There is no microphone." : "The microphone is not allowed. Your browser's settings for this page say why.");
    const type = TYPES.find((t) => MediaRecorder.isTypeSupported(t)), sound = new AudioContext(), ear = sound.createAnalyser();
    sound.createMediaStreamSource(stream).connect(ear);
    const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 24000 });
    current = { conversation: here(), stream, recorder, sound, ear, parts: [], before: 0, since: Date.now(), timer: setInterval(draw, 250) };
    recorder.ondataavailable = (e) => { if (e.data.size) current?.parts.push(e.data); };
    recorder.start(1000);
    mount();
    meter();
    say("Recording");
  };
  const pause = () => {
    if (current.recorder.state !== "recording") return;
    current.recorder.pause();
    current.before += Date.now() - current.since;
    current.since = 0;
    say("Paused");
    draw();
  };
  const goOn = () => {
    if (length() >= LONGEST) return;
    current.recorder.resume();
    current.since = Date.now();
    say("Recording");
    draw();
  };
  const finish = () => new Promise((done) => {
    const { recorder, parts } = current, [kind] = recorder.mimeType.split(";");
    recorder.onstop = () => done(Object.assign(new File(parts, "Voice message", { type: kind }), { also: { voice: 1 } }));
    recorder.stop();
  });
  const send = async () => {
    if (!composer() || "shut" in composer().dataset || composer().dataset.composer !== "reply") return notice("The window closed. The recording is still here.");
    const file = await finish();
    end();
    converge.sendFile(file);
  };

  hear("use", (el) => { if (el.matches?.("[data-record]")) { el.closest("[popover]")?.hidePopover(); begin(); } });
  document.addEventListener("click", (e) => {
    const bar = current && e.target.closest("#recorder");
    if (!bar) return;
    if (e.target.closest("[data-cancel]")) { current.recorder.onstop = null; current.recorder.stop(); end(); say("The recording is discarded."); }
    else if (e.target.closest("[data-pause]")) current.recorder.state === "paused" ? goOn() : pause();
    else if (e.target.closest("[data-send-voice]")) send();
  });
  hear("leaving", () => { if (current) pause(); });
  hear("opened", () => { if (current?.conversation === here() && !$("recorder")) mount(); });
  hear("changed", () => setTimeout(() => { if (current?.conversation === here() && composer()) composer().inert = true; }, 500));
  addEventListener("beforeunload", (e) => { if (current) e.preventDefault(); });
})();
