/* The end of Embedded Signup: tells the page that opened it, then closes. */
(() => {
  const { origin, said, code, first } = document.querySelector("[data-finished]").dataset;
  if (!opener) return;
  const tell = [
    () => said && opener.postMessage(said, origin),
    () => code && opener.postMessage({ login: { code } }, origin),
  ];
  if (first === "code") tell.reverse();
  tell[0]();
  setTimeout(() => { tell[1](); close(); }, 300);
})();
