// How long a seat is still held: counted by the page's own clock from what the server said, announced near its end.
(() => {
  "use strict";
  const strip = document.querySelector("[data-hold-s]");
  if (!strip) return;
  const end = performance.now() + Number(strip.dataset.holdS) * 1000;
  const warnS = Number(strip.dataset.holdWarnS);
  const left = strip.querySelector("[data-hold-left]");
  const count = strip.querySelector("[data-hold-count]");
  const words = strip.querySelector("[data-hold-words]");
  const over = strip.querySelector("[data-hold-over]");
  const said = strip.querySelector("[data-hold-said]");
  let announced = "";

  const say = (name) => {
    if (announced === name) return;
    announced = name;
    said.textContent = said.dataset[name];
  };

  const look = () => {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    if (count) {
      count.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      left.hidden = false;
    }
    if (seconds > 0) {
      if (seconds <= warnS) say("holdSoon");
      return;
    }
    if (words) words.hidden = true;
    over.hidden = false;
    strip.classList.replace("notice-good", "notice-warn");
    say("holdGone");
    clearInterval(timer);
  };
  const timer = setInterval(look, 500);
  look();
})();
