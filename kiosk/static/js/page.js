// What pages do better with JavaScript: the error summary takes the focus; size and contrast change in place and
// the language brings along what is half written; the clock goes on. Without it the same forms load the page anew.
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

  // What is half written goes along to the server, sealed like the rest of the visit, and comes back once.
  const question = () => document.querySelector("main .question-form, main .ask");
  const changeLanguage = (event, answers) => {
    const typed = [...new FormData(question())].filter(([name]) => name !== "csrf_token");
    answers.append("typed", JSON.stringify(typed));
    fetch(event.target.action, { method: "POST", body: answers, redirect: "manual" })
      .then(() => location.replace(answers.get("next")))
      .catch(console.warn);
  };
  const putBack = () => {
    const typed = JSON.parse(document.getElementById("content")?.dataset.typed ?? "[]");
    const fields = question()?.elements;
    for (const [name, value] of fields ? typed : []) {
      for (const field of [fields[name] ?? []].flatMap((one) => (one instanceof RadioNodeList ? [...one] : one))) {
        if (["radio", "checkbox"].includes(field.type)) field.checked ||= field.value === value;
        else field.value = value;
      }
    }
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

  const changeInPlace = (event) => {
    const button = event.submitter;
    if (!event.target.matches("[data-settings]")) return;
    if (!apply[button?.name] && !question()) return;
    event.preventDefault();
    const answers = new FormData(event.target);
    answers.append(button.name, button.value);
    if (!apply[button.name]) {
      changeLanguage(event, answers);
      return;
    }
    // If the server does not answer, this page still looks as asked and the next one does not.
    fetch(event.target.action, { method: "POST", body: answers, redirect: "manual" }).catch(console.warn);
    apply[button.name](button);
  };

  document.addEventListener("click", leadToField);
  document.addEventListener("submit", changeInPlace);
  document.addEventListener("htmx:after:swap", focusSummary);
  putBack();
  focusSummary();
  if (clock) setInterval(tellTime, 1000);
  if (tone) document.addEventListener("pointerdown", sound, { passive: true });
})();
