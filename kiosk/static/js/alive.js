// On a machine in a hall: keeps the page that is shown while the server is away.
(() => {
  "use strict";
  const { worker } = document.currentScript.dataset;

  navigator.serviceWorker?.register(worker).catch(console.info);
})();
