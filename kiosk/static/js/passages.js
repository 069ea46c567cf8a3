// A touched passage shows what can be done with it: hear it, print it. One at a time; a second touch hides it again.
(() => {
  "use strict";
  const chosen = "passage-chosen";
  document.addEventListener("click", (event) => {
    const passage = event.target.closest(".passage");
    if (!passage || event.target.closest("a, button") || String(getSelection())) return;
    for (const other of document.querySelectorAll(`.${chosen}`)) if (other !== passage) other.classList.remove(chosen);
    passage.classList.toggle(chosen);
  });
})();
