// The page of notifications: whether this browser may show them. Asked only when somebody presses the button.
(() => {
  const section = document.querySelector("[data-permission]"), button = section.querySelector("button");
  const show = () => {
    const state = window.Notification && navigator.locks ? Notification.permission : "missing";
    section.dataset.permission = state;
    section.querySelectorAll("[data-when]").forEach((p) => { p.hidden = p.dataset.when !== state; });
    button.hidden = state !== "default";
  };
  button.addEventListener("click", async () => {
    await Notification.requestPermission();
    show();
    converge.say(section.querySelector("[data-when]:not([hidden])").textContent);
  });
  show();
})();
