// What pages do better with JavaScript: the error summary takes the focus, and size and contrast
// change in place, so that nothing half written is lost. Without it the same forms load the page anew.
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

  const changeInPlace = (event) => {
    const button = event.submitter;
    if (!event.target.matches("[data-settings]") || !apply[button?.name]) return;
    event.preventDefault();
    const answers = new FormData(event.target);
    answers.append(button.name, button.value);
    // If the server does not answer, this page still looks as asked and the next one does not.
    fetch(event.target.action, { method: "POST", body: answers, redirect: "manual" }).catch(console.warn);
    apply[button.name](button);
  };

  document.addEventListener("click", leadToField);
  document.addEventListener("submit", changeInPlace);
  document.addEventListener("htmx:after:swap", focusSummary);
  focusSummary();
})();
