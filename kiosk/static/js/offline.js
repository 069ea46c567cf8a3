// The page that says the machine is coming back asks every two seconds, and leads to the start page once it is.
(() => {
  "use strict";
  const AGAIN_MS = 2000;

  const ask = () => {
    fetch("/healthz", { cache: "no-store" })
      .then((answer) => (answer.ok ? location.replace("/") : setTimeout(ask, AGAIN_MS)))
      .catch(() => setTimeout(ask, AGAIN_MS));
  };

  setTimeout(ask, AGAIN_MS);
})();
