// A start page that nobody touches gives way to the attract screen, whatever its search box holds.
// It asks first whether the server answers, so that a pause of the server leaves the page standing.
(() => {
  "use strict";
  const { rest, afterS } = document.currentScript.dataset;
  const LOOK_MS = 5000;
  let touched = performance.now();
  let isLeaving = false;

  const stay = () => { isLeaving = false; };
  const look = () => {
    if (isLeaving || performance.now() - touched < Number(afterS) * 1000) return;
    isLeaving = true;
    fetch(rest, { method: "HEAD" })
      .then((answer) => (answer.ok ? location.replace(rest) : stay()))
      .catch(stay);
  };

  for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
    document.addEventListener(kind, () => { touched = performance.now(); }, { capture: true, passive: true });
  }
  setInterval(look, LOOK_MS);
})();
