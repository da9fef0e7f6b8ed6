// Embedded Signup in a window: code and message are sent to the server as each arrives. Without it the link beside does the same.
addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-signup]");
  if (!button) return;
  const { app, config, version, sdk, origins, url, state } = button.dataset;
  const problem = document.getElementById("signup-problem");
  const hint = document.getElementById("signup-hint");
  let said = "", next = "", sent = false;

  const fail = (words) => { problem.hidden = false; problem.querySelector("span").textContent = words; button.disabled = false; };
  const send = async (fields) => {
    const response = await converge.post(url, { state, ...fields }).catch(() => null);
    const answer = response ? await response.json().catch(() => ({})) : {};
    if (answer.next) next = answer.next;
    else fail(answer.words || "The server did not answer. Nothing was changed.");
    return answer.next;
  };

  addEventListener("message", async (e) => {
    if (!origins.split(" ").includes(e.origin) || typeof e.data !== "string" || !e.data.includes("WA_EMBEDDED_SIGNUP")) return;
    said = e.data;
    if (sent || !said.includes('"FINISH')) {
      clearTimeout(leaving);
      if (await send({ said })) location.assign(next);
    }
  });

  let leaving;
  const back = async ({ authResponse }) => {
    if (!authResponse) {
      button.disabled = false;
      if (!said) hint.hidden = false;
      return;
    }
    sent = true;
    const had = said;
    if (!(await send({ code: authResponse.code, said: had }))) return;
    // The message may still be on its way; it names the number, so it is worth a moment.
    leaving = setTimeout(() => location.assign(next), had ? 0 : 2500);
  };

  // Nothing of Facebook's is loaded before somebody asks for its window.
  const login = () => FB.login(back, {
    config_id: config, response_type: "code", override_default_response_type: true,
    extras: { setup: {}, featureType: "", sessionInfoVersion: "3" },
  });
  window.fbAsyncInit = () => {
    FB.init({ appId: app, version, xfbml: false, autoLogAppEvents: false });
    login();
  };
  button.addEventListener("click", () => {
    button.disabled = true;
    problem.hidden = hint.hidden = true;
    said = "";
    if (window.FB) return login();
    const script = Object.assign(document.createElement("script"), { src: sdk });
    script.addEventListener("error", () => { script.remove(); fail("Facebook could not be reached. The button above does the same without its window."); });
    document.head.append(script);
  });
  button.hidden = false;
});
