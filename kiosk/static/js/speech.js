// Reading aloud: the page's blocks one after another, marked while they sound. Any touch outside the controls and any
// key stops it. Answers and numbers are spelt only after the button for earphones, from clips that are fetched whole.
(() => {
  "use strict";
  const page = document.querySelector("[data-speech]");
  const strip = document.querySelector(".speech-strip");
  if (!page || !strip) return;
  const { sounds, loudest } = page.dataset;
  const GUARD_MS = 1000;
  const AFTER_TONE_MS = 900;
  const address = (clips) => sounds.replace("CLIPS", clips);
  const find = (name) => strip.querySelector(`[data-${name}]`);
  const audio = new Audio();
  let volume = Number(page.dataset.volume);
  let queue = [];
  let at = 0;
  let alphabet = null;
  let spelt = [];
  let source = null;
  let isReading = false;
  let pressedAt = -GUARD_MS;

  const setVolume = (value) => {
    volume = Math.min(Math.max(value, 1), Number(loudest));
    audio.volume = (volume / loudest) ** 2;
    find("said").textContent = `${find("said").dataset.words} ${volume}/${loudest}`;
  };
  const keep = (name, value) => {
    const settings = document.querySelector("[data-settings]");
    if (settings) fetch(settings.action, { method: "POST", body: new URLSearchParams({ [name]: value }), redirect: "manual" }).catch(console.warn);
  };
  const show = (button, isOn, words) => {
    button.setAttribute("aria-pressed", String(isOn));
    if (words) button.querySelector("span").textContent = isOn ? words.stop : words.start;
  };
  const mark = (element) => {
    document.querySelector(".speaking")?.classList.remove("speaking");
    element?.classList.add("speaking");
    element?.scrollIntoView({ block: "center" });
  };

  const stop = () => {
    audio.pause();
    audio.removeAttribute("src");
    for (const clip of alphabet?.values() ?? []) clip.pause();
    queue = [];
    spelt = [];
    strip.hidden = true;
    mark(null);
    if (source) show(source, false, source === page && page.dataset);
    source = null;
    isReading = false;
  };

  const next = () => {
    at += 1;
    play();
  };
  const play = () => {
    const block = queue[at];
    if (!block) return stop();
    mark(block.element);
    show(find("pause"), false);
    find("pause").querySelector("span").textContent = find("pause").dataset.stop;
    // Somebody listens: the idle watch must not ask meanwhile.
    document.dispatchEvent(new Event("input"));
    if (block.spell) return spell(block.spell.split("."));
    audio.src = address(block.say);
    audio.play().catch((error) => error.name === "NotAllowedError" && stop());
  };
  const spell = (keys) => {
    spelt = keys.map((key) => alphabet.get(key)).filter(Boolean);
    const one = () => {
      const clip = spelt.shift();
      if (!clip) return next();
      clip.currentTime = 0;
      clip.volume = audio.volume;
      clip.onended = one;
      clip.play().catch(stop);
    };
    one();
  };

  const begin = (blocks, button) => {
    stop();
    if (!blocks.length) return;
    queue = blocks;
    at = 0;
    isReading = true;
    source = button;
    strip.hidden = !button;
    if (button) show(button, true, button === page && page.dataset);
    play();
  };
  const isShown = (element) => element.getClientRects().length > 0;
  const shownBlocks = (selector) => [...document.querySelectorAll(selector)].filter(isShown)
    .map((element) => ({ element, say: element.dataset.say, spell: element.dataset.spell }));
  const wholePage = () => {
    const blocks = shownBlocks("main [data-say], .dock-actions [data-say]");
    return strip.dataset.rest ? [...blocks, { say: strip.dataset.rest }] : blocks;
  };
  const press = (event, act) => {
    event.preventDefault();
    const now = performance.now();
    if (now - pressedAt < GUARD_MS && event.currentTarget === press.last) return;
    pressedAt = now;
    press.last = event.currentTarget;
    act(event.currentTarget);
  };
  const on = (button, act) => button?.addEventListener("click", (event) => press(event, act));

  on(page, () => (source === page ? stop() : begin(wholePage(), page)));
  for (const button of document.querySelectorAll("[data-speak]")) {
    const element = button.parentElement.previousElementSibling;
    on(button, () => (source === button ? stop() : begin([{ element, say: button.value }], button)));
  }
  on(find("pause"), (button) => {
    const isPaused = button.getAttribute("aria-pressed") === "true";
    show(button, !isPaused, { stop: button.dataset.start, start: button.dataset.stop });
    if (isPaused) queue[at]?.spell ? play() : audio.play().catch(stop);
    else for (const clip of [audio, ...(alphabet?.values() ?? [])]) clip.pause();
  });
  on(find("again"), () => { at = 0; audio.pause(); play(); });
  for (const [name, step] of [["softer", -1], ["louder", 1]]) {
    find(name).addEventListener("click", () => { setVolume(volume + step); keep("volume", volume); });
  }
  on(find("every"), (button) => {
    const isOn = button.getAttribute("aria-pressed") !== "true";
    show(button, isOn);
    keep("aloud", isOn ? "on" : "off");
  });
  on(find("private"), (button) => {
    alphabet ??= new Map(button.dataset.alphabet.split(".").map((key) => {
      const clip = new Audio(address(key));
      clip.preload = "auto";
      clip.load();
      return [key, clip];
    }));
    const label = (element) => element.previousElementSibling?.closest("[data-say]");
    const blocks = shownBlocks("main [data-spell]").flatMap((block) => {
      const before = label(block.element);
      return before ? [{ element: before, say: before.dataset.say }, block] : [block];
    });
    begin(blocks, button);
  });

  audio.addEventListener("ended", next);
  audio.addEventListener("error", () => isReading && next());
  const ours = (event) => event.target.closest?.(".speech-strip, [data-speech], [data-speak]");
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, (event) => isReading && !ours(event) && stop(), { capture: true, passive: true });
  }
  for (const kind of ["pagehide", "submit"]) addEventListener(kind, stop);

  // The warning before a visit is forgotten speaks for itself, after its tone, where the machine may sound.
  const idle = document.getElementById("idle");
  if (idle?.dataset.sound) {
    new MutationObserver(() => {
      stop();
      setTimeout(() => idle.open && begin(shownBlocks("#idle [data-say]"), null), AFTER_TONE_MS);
    }).observe(idle, { attributeFilter: ["open"] });
  }

  setVolume(volume);
  if ("on" in strip.dataset) begin(wholePage(), page);
})();
