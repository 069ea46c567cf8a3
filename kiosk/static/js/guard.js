// A second tap on a submit button within one second does nothing: shaking hands tap twice.
(() => {
  "use strict";
  const QUIET_MS = 1000;
  const sent = new WeakMap();

  document.addEventListener("submit", (event) => {
    if ("answeredHere" in event.target.dataset) return; // its script waits for the answer, which may come sooner
    const now = performance.now();
    if (now - (sent.get(event.target) ?? -QUIET_MS) < QUIET_MS) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    sent.set(event.target, now);
    const button = event.submitter;
    button?.setAttribute("aria-disabled", "true");
    setTimeout(() => button?.removeAttribute("aria-disabled"), QUIET_MS);
  }, true);
})();
