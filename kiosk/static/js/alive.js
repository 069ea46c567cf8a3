// On a machine in a hall: keeps the page that is shown while the server is away, and signs each minute that this
// page is alive (without the cookie: it prolongs no visit).
(() => {
  "use strict";
  const EVERY_MS = 60000;
  const { worker, awake } = document.currentScript.dataset;

  const sign = () => fetch(awake, { method: "POST", credentials: "omit" }).catch(console.info);

  navigator.serviceWorker?.register(worker).catch(console.info);
  sign();
  setInterval(sign, EVERY_MS);
})();
