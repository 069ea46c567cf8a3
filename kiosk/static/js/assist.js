// The banner of assisted service counts down; two minutes before the end it asks for more. Without it the server says
// the same on the next page.
(() => {
  "use strict";
  const banner = document.querySelector("[data-assist]");
  if (!banner) return;
  const words = banner.querySelector("[data-assist-left]");
  const endsAt = performance.now() + Number(banner.dataset.leftS) * 1000;
  const WARN_S = 120;

  const tell = () => {
    const left = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
    const isEnding = left <= WARN_S;
    if (isEnding && !banner.classList.contains("assist-ending")) {
      banner.classList.add("assist-ending");
      words.setAttribute("role", "alert");
    }
    const form = !left ? "over" : isEnding ? "seconds" : "minutes";
    const count = isEnding ? Math.ceil(left / 30) * 30 : Math.ceil(left / 60);
    const text = words.dataset[form].replace("{count}", String(count));
    if (words.textContent !== text) words.textContent = text;
    if (!left) banner.querySelector("[data-assist-more]").hidden = true;
  };

  tell();
  setInterval(tell, 1000);
})();
