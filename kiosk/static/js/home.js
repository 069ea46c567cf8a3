// A start page that nobody touches renews itself each minute: the time, how fresh the data is, what can be done here.
// It asks first whether the server answers, so that a pause of the server leaves the page standing.
(() => {
  "use strict";
  const EVERY_MS = 60000;
  let touched = -EVERY_MS;

  const renew = () => {
    const box = document.getElementById("q");
    if (performance.now() - touched < EVERY_MS || box?.value) return;
    fetch(location.pathname, { method: "HEAD" })
      .then((answer) => answer.ok && location.reload())
      .catch(console.warn);
  };

  for (const kind of ["pointerdown", "keydown", "input"]) {
    document.addEventListener(kind, () => { touched = performance.now(); }, { capture: true, passive: true });
  }
  setInterval(renew, EVERY_MS);
})();
