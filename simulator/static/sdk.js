/* What an app's page loads from Facebook: init, and a login in a window of its own. */
(() => {
  const home = new URL(document.currentScript.src).origin;
  let app = {};

  window.FB = {
    init: (options) => { app = options; },
    login(callback, options) {
      const query = new URLSearchParams({
        client_id: app.appId, config_id: options.config_id || "", response_type: "code",
        display: "popup", redirect_uri: location.href, origin: location.origin,
      });
      const popup = open(`${home}/${app.version}/dialog/oauth?${query}`, "facebook", "width=600,height=760");
      let done = false;
      const end = (code) => {
        if (done) return;
        done = true;
        removeEventListener("message", hear);
        clearInterval(watch);
        callback(code ? { authResponse: { code }, status: "connected" } : { authResponse: null, status: "unknown" });
      };
      const hear = (e) => { if (e.origin === home && e.data?.login) end(e.data.login.code); };
      addEventListener("message", hear);
      const watch = setInterval(() => { if (!popup || popup.closed) setTimeout(end, 200); }, 200);
    },
  };
  window.fbAsyncInit?.();
})();
