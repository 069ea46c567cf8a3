// The staff page rings while a call is open. Browsers let a page sound only after a touch: then a button asks for it.
(() => {
  "use strict";
  const AGAIN_MS = 6000;
  const LOOK_MS = 1000;
  const bell = new Audio(document.currentScript.dataset.sound);
  const off = document.querySelector("[data-sound-off]");
  const words = document.title;
  let rang = -AGAIN_MS;

  const ring = () => {
    rang = performance.now();
    bell.currentTime = 0;
    bell.play().then(() => { off.hidden = true; }).catch(() => { off.hidden = false; });
  };
  const look = () => {
    const isCalled = document.querySelector("[data-call]") !== null;
    document.title = isCalled ? `● ${words}` : words;
    if (isCalled && performance.now() - rang >= AGAIN_MS) ring();
  };

  off.querySelector("button").addEventListener("click", ring);
  setInterval(look, LOOK_MS);
  look();
})();
