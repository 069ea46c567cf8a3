// What pages do better with JavaScript: the error summary takes the focus; size and contrast change in place; the
// clock goes on. Without it the same buttons load the page again, with what is half written on it.
(() => {
  "use strict";

  const focusSummary = () => document.querySelector("[data-error-summary]")?.focus();

  const leadToField = (event) => {
    const link = event.target.closest?.("[data-error-summary] a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest("fieldset")?.querySelector("legend") ?? field.labels?.[0] ?? field).scrollIntoView();
    field.focus({ preventScroll: true });
  };

  const root = document.documentElement;
  const apply = {
    text_size(button) {
      root.classList.remove("size-1", "size-2", "size-3");
      root.classList.add(`size-${button.value}`);
      const isLargest = button.value === "3";
      button.value = String((Number(button.value) % 3) + 1);
      button.querySelector("span").textContent = isLargest ? button.dataset.smallest : button.dataset.larger;
    },
    contrast(button) {
      const isHigh = button.value === "high";
      root.classList.toggle("contrast-high", isHigh);
      root.classList.toggle("contrast-normal", !isHigh);
      button.value = isHigh ? "normal" : "high";
      button.querySelector("span").textContent = isHigh ? button.dataset.normal : button.dataset.high;
    },
  };

  const clock = document.querySelector("[data-second]");
  const shownAt = performance.now();
  const DAY_S = 86400;
  const tellTime = () => {
    const second = Number(clock.dataset.second) + (performance.now() - shownAt) / 1000;
    const parts = [second / 3600, (second / 60) % 60].map((part) => String(Math.floor(part)).padStart(2, "0"));
    clock.textContent = second < DAY_S ? clock.textContent.replace(/\d\d:\d\d$/, parts.join(":")) : "";
  };

  const tone = root.dataset.touchSound && new Audio(root.dataset.touchSound);
  const sound = (event) => {
    if (!event.target.closest?.("a[href], button, summary, .choice")) return;
    tone.currentTime = 0;
    tone.play().catch(console.info);
  };

  const QUIET_MS = 1000;
  const changeInPlace = (event) => {
    const button = event.target.closest?.("[data-settings] button");
    if (!apply[button?.name]) return;
    event.preventDefault();
    if (button.hasAttribute("aria-disabled")) return; // a second tap of a shaking hand
    button.setAttribute("aria-disabled", "true");
    setTimeout(() => button.removeAttribute("aria-disabled"), QUIET_MS);
    const { action } = button.closest("[data-settings]");
    const answer = new URLSearchParams({ [button.name]: button.value });
    // If the server does not answer, this page still looks as asked and the next one does not.
    fetch(action, { method: "POST", body: answer, redirect: "manual" }).catch(console.warn);
    apply[button.name](button);
  };

  document.addEventListener("click", leadToField);
  document.addEventListener("click", changeInPlace);
  document.addEventListener("htmx:after:swap", focusSummary);
  focusSummary();
  if (clock) setInterval(tellTime, 1000);
  if (tone) document.addEventListener("pointerdown", sound, { passive: true });
})();
