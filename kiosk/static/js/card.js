// While somebody lays a card on the reader: shows what the reader says, and goes on as soon as it was read.
(() => {
  "use strict";
  const EVERY_MS = 250;
  const { state } = document.currentScript.dataset;
  const words = document.querySelector("[data-card-words]");

  const look = async () => {
    try {
      const answer = await fetch(state, { cache: "no-store" });
      const said = await answer.json();
      if (said.go) {
        location.replace(said.go);
        return;
      }
      if (words.textContent !== said.words) words.textContent = said.words;
    } catch (error) {
      console.info(error);
    }
    setTimeout(look, EVERY_MS);
  };
  setTimeout(look, EVERY_MS);
})();
