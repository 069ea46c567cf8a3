// After a quiet time: a question with a visible countdown; without an answer the server forgets first,
// then the start page is shown. Deadlines are compared, not counted, so a sleeping screen changes nothing.
(() => {
  "use strict";
  const dialog = document.getElementById("idle");
  if (!dialog) return;
  const quietMs = Number(dialog.dataset.idleS) * 1000;
  const warningMs = Number(dialog.dataset.warningS) * 1000;
  const count = dialog.querySelector("[data-idle-count]");
  const leave = dialog.querySelector("[data-idle-leave]");
  const TICK_MS = 250;
  const AGAIN_MS = 2000;
  let touched = performance.now();
  let reported = touched;
  let warnedAt = null;
  let isLeaving = false;

  // Somebody who reads or types on one page for long: the server must not forget the visit meanwhile.
  const tellServer = (now) => {
    reported = now;
    fetch(dialog.dataset.awake).catch(console.warn);
  };

  const stay = () => {
    touched = performance.now();
    tellServer(touched);
    warnedAt = null;
    if (dialog.open) dialog.close();
  };

  const forget = () => {
    isLeaving = true;
    dialog.close();
    document.body.hidden = true;
    fetch(leave.action, { method: "POST", body: new FormData(leave), redirect: "manual" })
      .then(() => location.replace(dialog.dataset.start))
      .catch(() => setTimeout(forget, AGAIN_MS));
  };

  const look = () => {
    if (isLeaving) return;
    const now = performance.now();
    if (warnedAt === null) {
      if (touched > reported && now - reported > quietMs / 2) tellServer(now);
      if (now - touched < quietMs) return;
      warnedAt = now;
      dialog.showModal();
      if (dialog.dataset.sound) new Audio(dialog.dataset.sound).play().catch(console.info);
    }
    const left = Math.ceil((warnedAt + warningMs - now) / 1000);
    count.textContent = String(Math.max(left, 0));
    if (left <= 0) forget();
  };

  const note = () => {
    if (warnedAt === null) touched = performance.now();
  };
  for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
    document.addEventListener(kind, note, { capture: true, passive: true });
  }
  dialog.querySelector("[data-idle-go]").addEventListener("click", stay);
  dialog.addEventListener("cancel", stay);
  setInterval(look, TICK_MS);
})();
