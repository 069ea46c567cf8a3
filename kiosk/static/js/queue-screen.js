// The call screen: asks for the calls each second, shows the newest one large, sounds and says them one after another.
(() => {
  "use strict";
  const given = document.currentScript.dataset;
  const [lookMs, lostMs, largeMs, freshS] = [given.lookMs, given.lostMs, given.largeMs, given.freshS].map(Number);
  const find = (name) => document.querySelector(`[data-${name}]`);
  const [rows, large, lost, off] = ["rows", "large", "lost", "sound-off"].map(find);
  const fill = (words, value) => words.replace("{}", value);
  const waiting = [];
  const unsaid = [];
  const known = new Set();
  let [tag, heardAt, epoch, isBusy, isSaying, isFirst] = ["", performance.now(), 0, false, false, true];

  const row = (call) => {
    const made = find("row").content.cloneNode(true);
    made.querySelector(".calls-number").textContent = call.number;
    const words = made.querySelector(".calls-window");
    words.textContent = fill(words.dataset.words, call.window);
    return made;
  };
  const show = (calls) => {
    rows.replaceChildren(...(calls.length ? calls.map(row) : [find("none").content.cloneNode(true)]));
  };
  const play = (address) => new Promise((done) => {
    const sound = new Audio(address);
    sound.addEventListener("ended", done);
    sound.addEventListener("error", done);
    sound.play().then(() => { off.hidden = true; }).catch(() => { off.hidden = false; done(); });
  });
  const say = async (call) => {
    await play(given.gong);
    for (const address of [...call.said, ...call.said]) await play(address);
  };
  const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
  const announce = async () => {
    if (isBusy) return;
    isBusy = true;
    while (waiting.length) {
      const call = waiting.shift();
      large.querySelector(".calls-number").textContent = call.number;
      const words = large.querySelector(".calls-window");
      words.textContent = fill(words.dataset.words, call.window);
      large.hidden = false;
      await pause(largeMs);
      large.hidden = true;
    }
    isBusy = false;
  };
  const speak = async () => { // one voice for the hall, in the order of the calls; the screen does not wait for it
    if (isSaying) return;
    isSaying = true;
    while (unsaid.length) {
      const call = unsaid.shift();
      if (call.age_s + (performance.now() - call.at) / 1000 <= freshS) await say(call);
    }
    isSaying = false;
  };
  const take = (seen) => {
    if (seen.epoch < epoch) return; // a machine whose queue was taken over speaks again
    epoch = seen.epoch;
    show(seen.calls);
    lost.hidden = !seen.is_lost;
    for (const call of [...seen.calls].reverse()) {
      if (known.has(call.id)) continue;
      known.add(call.id);
      if (isFirst && call.age_s >= largeMs / 1000) continue;
      const made = { ...call, at: performance.now() };
      waiting.push(made);
      unsaid.push(made);
    }
    isFirst = false;
    announce();
    speak();
  };
  const look = async () => {
    try {
      const answer = await fetch(given.now, {
        headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store", signal: AbortSignal.timeout(lookMs * 3),
      });
      if (answer.status === 200) {
        const seen = await answer.json();
        tag = answer.headers.get("ETag") ?? "";
        take(seen);
      } else if (answer.status !== 304) throw new Error(String(answer.status));
      heardAt = performance.now();
    } catch {
      tag = "";
      if (performance.now() - heardAt >= lostMs) lost.hidden = false;
    }
    setTimeout(look, lookMs * (0.9 + Math.random() * 0.2));
  };
  off.addEventListener("click", () => { off.hidden = true; play(given.gong); });
  look();
})();
