// The attract screen: its pictures in turn; any touch or key leads to the start page.
// Now and then the page renews itself, when the server answers, so that what it promises stays true.
(() => {
  "use strict";
  const { turnS, start } = document.currentScript.dataset;
  const RENEW_MS = 600000;
  const slides = [...document.querySelectorAll("[data-slide]")];
  let shown = slides.findIndex((slide) => !slide.hidden);

  const turn = () => {
    slides[shown].hidden = true;
    shown = (shown + 1) % slides.length;
    slides[shown].hidden = false;
  };
  const begin = (event) => {
    event.preventDefault();
    location.replace(start);
  };
  const renew = () => {
    fetch(location.pathname, { method: "HEAD" })
      .then((answer) => answer.ok && location.reload())
      .catch(console.warn);
  };

  for (const kind of ["click", "keydown"]) document.addEventListener(kind, begin);
  setInterval(turn, Number(turnS) * 1000);
  setInterval(renew, RENEW_MS);
})();
