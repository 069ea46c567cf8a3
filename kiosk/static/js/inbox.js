// The list by keyboard: J, K or arrows from row to row, Enter opens, X chooses, N and P turn the page. Without JavaScript
// the same links and boxes are reached by Tab.
(() => {
  "use strict";
  const table = document.querySelector("[data-list]");
  if (!table) return;
  const rows = [...table.querySelectorAll("[data-row]")];
  const all = table.querySelector("[data-choose-all]");
  const boxes = [...table.querySelectorAll("[data-row] input[type=checkbox]")];
  let at = rows.findIndex((row) => "here" in row.dataset);

  const go = (to) => {
    rows[at]?.classList.remove("is-here");
    at = Math.min(Math.max(to, 0), rows.length - 1);
    rows[at].classList.add("is-here");
    const link = rows[at].querySelector("[data-open]");
    link.focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  };

  const turn = (rel) => document.querySelector(`.page-links [rel=${rel}]`)?.click();

  const keys = {
    j: () => go(at + 1),
    ArrowDown: () => go(at + 1),
    k: () => go(at < 0 ? 0 : at - 1),
    ArrowUp: () => go(at < 0 ? 0 : at - 1),
    x: () => rows[at]?.querySelector("input[type=checkbox]")?.click(),
    n: () => turn("next"),
    p: () => turn("prev"),
    Enter: () => rows[at]?.querySelector("[data-open]").click(),
  };

  const isTyping = (target) => target.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "Enter" && event.target.closest?.("a, button, input")) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  table.addEventListener("focusin", (event) => {
    const row = rows.indexOf(event.target.closest("[data-row]"));
    if (row < 0 || row === at) return;
    rows[at]?.classList.remove("is-here");
    at = row;
    rows[at].classList.add("is-here");
  });

  all?.addEventListener("change", () => {
    boxes.forEach((box) => {
      box.checked = all.checked;
    });
  });

  if (at >= 0) go(at);
})();
