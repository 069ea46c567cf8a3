// Pages of the staff: fetch what changed every two seconds, say when it is old; digits press buttons; help is held.
(() => {
  "use strict";
  const given = document.currentScript.dataset;
  const [lookMs, oldMs] = [given.lookMs, given.oldMs].map(Number);
  const HOLD_MS = 1000;
  const place = document.querySelector("[data-queue]");
  let [tag, heardAt, heldAt] = ["", performance.now(), 0];

  const isInUse = () => place.querySelector("details[open], select:focus, input:checked") !== null;
  const look = async () => {
    try {
      const answer = await fetch(given.now, {
        headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store", signal: AbortSignal.timeout(lookMs * 2),
      });
      if (answer.status === 403) { location.reload(); return; }
      if (answer.status === 200 && !isInUse()) {
        const said = place.querySelector(".queue-said").innerHTML;
        const chosen = new Map([...place.querySelectorAll("select")].map((each) => [each.id, each.value]));
        place.innerHTML = await answer.text();
        place.querySelector(".queue-said").innerHTML = said; // said once, by the page that pressed
        for (const [id, value] of chosen) {
          const again = id && document.getElementById(id);
          if (again && [...again.options].some((each) => each.value === value)) again.value = value;
        }
        tag = answer.headers.get("ETag") ?? "";
      }
      if (answer.status === 200 || answer.status === 304) heardAt = performance.now();
    } catch {
      tag = "";
    }
    setTimeout(look, lookMs * (0.9 + Math.random() * 0.2));
  };
  setInterval(() => {
    const age = place.querySelector("[data-age]");
    const ms = performance.now() - heardAt;
    if (age) age.textContent = ms > oldMs ? age.dataset.old.replace("{}", String(Math.round(ms / 1000))) : "";
  }, 500);

  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea")) return;
    place.querySelector(`[data-digit="${CSS.escape(event.key)}"]:not([disabled])`)?.click();
  });
  document.addEventListener("pointerdown", (event) => {
    heldAt = event.target.closest("[data-holds]") ? performance.now() : 0;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-holds]");
    const isHeld = heldAt && performance.now() - heldAt >= HOLD_MS;
    if (button && event.detail !== 0 && !isHeld) event.preventDefault(); // a key press is meant as it is
  });
  setTimeout(look, lookMs);
})();
