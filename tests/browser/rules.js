// Everything our own rules say about a page, measured in one go. Returns faults as sentences.
(limits) => {
  const faults = new Set();
  const AWAY = ".visually-hidden, .skip, noscript, dialog:not([open])";
  const words = (element) => {
    const name = element.tagName.toLowerCase() + (element.className.baseVal === undefined && element.className
      ? `.${element.className.trim().split(/\s+/).join(".")}` : "");
    return `${name} “${(element.textContent.trim() || element.id).replace(/\s+/g, " ").slice(0, 30)}”`;
  };
  const modal = document.querySelector("dialog:modal");
  const isSeen = (element) => {
    if (modal && !modal.contains(element)) return false;
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest(AWAY)) return false;
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
  };
  const size = (element) => parseFloat(getComputedStyle(element).fontSize);
  const round = (value) => Math.round(value * 10) / 10;

  // Nothing sideways, nothing cut off.
  const over = document.documentElement.scrollWidth - innerWidth;
  if (over > 0) {
    const widest = [...document.body.querySelectorAll("*")].filter((one) => isSeen(one) && !one.closest(".table-wrap"))
      .sort((one, other) => other.getBoundingClientRect().right - one.getBoundingClientRect().right)[0];
    faults.add(`${over}px wider than the screen: ${widest ? words(widest) : "?"}`);
  }

  // Words differ enough from what is behind them (WCAG 1.4.6): 7, large ones 4.5.
  const pale = (element) => {
    if (!limits.contrast || element.closest(":disabled, [aria-disabled=true], label:has(:disabled)")) return;
    const isLarge = size(element) >= 24 || (size(element) >= 18.66 && getComputedStyle(element).fontWeight >= 700);
    const ratio = contrastOf(element);
    if (ratio < (isLarge ? 4.5 : 7) - 0.005) faults.add(`contrast of ${ratio.toFixed(2)}: ${words(element)}`);
  };
  for (const one of document.querySelectorAll("input:not([type=radio], [type=checkbox], [type=hidden]), textarea, select")) {
    if (isSeen(one)) pale(one);
  }

  // Type, line length, what is cut.
  const HOLDERS = ".button, .tile, .choice, .tag, .chip, .small-tile, .way, .writing-key, .writing-tab, .desk-nav-item";
  const blocks = new Map();
  const linesOf = (block) => blocks.get(block).reduce((all, box) => ({
    left: Math.min(all.left, box.left), right: Math.max(all.right, box.right), bottom: Math.max(all.bottom, box.bottom),
  }), { left: Infinity, right: -Infinity, bottom: -Infinity });
  let last = null;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || parent.closest("script, style, svg, select") || !isSeen(parent)) continue;
    if (parent !== last) pale(parent);
    last = parent;
    if (size(parent) < limits.type - 0.1) faults.add(`type of ${round(size(parent))}px: ${words(parent)}`);
    let block = parent;
    while (getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    blocks.set(block, [...(blocks.get(block) ?? []), range.getBoundingClientRect()]);
  }
  for (const block of blocks.keys()) {
    const style = getComputedStyle(block);
    const lines = linesOf(block);
    const isRunning = /^(P|LI|DD|BLOCKQUOTE)$/.test(block.tagName) && !/flex|grid/.test(style.display);
    if (isRunning && (lines.right - lines.left) / size(block) > limits.ems + 0.5) {
      faults.add(`line of ${round((lines.right - lines.left) / size(block))} characters: ${words(block)}`);
    }
    const isCut = /hidden|clip/.test(style.overflowX) && block.scrollWidth > block.clientWidth + 1;
    if (isCut && !block.matches(".writing-typed, .writing-candidates")) faults.add(`cut off: ${words(block)}`);
    const holder = block.closest(HOLDERS);
    if (holder) {
      const box = holder.getBoundingClientRect();
      if (lines.right > box.right + 1 || lines.left < box.left - 1 || lines.bottom - size(block) * 0.3 > box.bottom) {
        faults.add(`words stand out of ${words(holder)}`);
      }
    }
  }

  // What one touches.
  const REACHED = "a[href], button, .input, label.choice, summary, select, [role=button]";
  const isInText = (one) => getComputedStyle(one).display === "inline" && one.parentElement.closest("p, li, dd, td, th, label, figcaption");
  const main = ".button:not(.button-small, .button-quiet), .tile, .choice, .input, .search-box, .way, .small-tile";
  for (const one of document.querySelectorAll(REACHED)) {
    if (!isSeen(one) || isInText(one)) continue;
    const holder = one.closest(".result") ?? one;
    const box = holder.getBoundingClientRect();
    const isSmallOne = one.closest(".payment-more, .summary-change, .head-leave") || one.matches(".search-go");
    const least = one.matches(main) && !isSmallOne ? limits.main : limits.target;
    if (box.height < least - 0.5 || box.width < Math.min(least, limits.target) - 0.5) {
      faults.add(`target of ${round(box.width)}x${round(box.height)}, under ${least}: ${words(one)}`);
    }
  }
  const LAYERS = ".dock, .actions";
  const boxes = [...document.querySelectorAll(main)].filter((one) => isSeen(one) && !one.matches(".search-box"))
    .map((one) => [one, one.getBoundingClientRect()]);
  for (const [index, [one, box]] of boxes.entries()) {
    for (const [other, place] of boxes.slice(index + 1)) {
      const apart = Math.max(place.top - box.bottom, box.top - place.bottom, place.left - box.right, box.left - place.right);
      const inOneLayer = !one.contains(other) && !other.contains(one) && (one.closest(LAYERS) === other.closest(LAYERS))
        && !(innerWidth < 600 && one.matches(".bar-button") && other.matches(".bar-button")); // cells of one bar
      if (inOneLayer && apart < limits.apart - 0.5) faults.add(`${round(apart)}px between ${words(one)} and ${words(other)}`);
    }
  }

  // Enough of what one touches is not under another target (WCAG 2.5.8). What stays in view, or is laid over the page on
  // purpose, covers what is scrolled under it; what is scrolled out of its box covers nothing.
  const layerOf = (one) => {
    while (one && !/fixed|sticky|absolute/.test(getComputedStyle(one).position)) one = one.parentElement;
    return one;
  };
  const clipped = (one) => {
    let { left, right, top, bottom } = one.getBoundingClientRect();
    for (let box = one.parentElement; box && box !== document.body; box = box.parentElement) {
      if (getComputedStyle(box).overflow === "visible") continue;
      const edge = box.getBoundingClientRect();
      [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
      [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
    }
    return { left, right, top, bottom, width: right - left, height: bottom - top };
  };
  const touched = limits.contrast ? [...document.querySelectorAll(REACHED)].filter((one) => isSeen(one) && !isInText(one))
    .map((one) => [one, clipped(one)]).filter(([, box]) => box.width > 1 && box.height > 1) : [];
  for (const [index, [one, box]] of touched.entries()) {
    for (const [other, place] of touched.slice(index + 1)) {
      const width = Math.min(box.right, place.right) - Math.max(box.left, place.left);
      const height = Math.min(box.bottom, place.bottom) - Math.max(box.top, place.top);
      if (width <= 0.5 || height <= 0.5 || one.contains(other) || other.contains(one)) continue;
      const isCovered = [box, place].some((each) => Math.max(each.width - width, each.height - height) < 24);
      if (isCovered && layerOf(one) === layerOf(other)) faults.add(`covers: ${words(one)} and ${words(other)}`);
    }
  }

  // Words of a link differ from those around it (WCAG 1.4.1).
  for (const one of limits.contrast ? document.querySelectorAll("p a[href], li a[href], dd a[href], td a[href]") : []) {
    if (!isSeen(one) || !isInText(one) || one.parentElement.textContent.trim() === one.textContent.trim()) continue;
    const isUnderlined = getComputedStyle(one).textDecorationLine.includes("underline");
    if (!isUnderlined && contrastOf(one, one.parentElement) < 3) faults.add(`a link like its text: ${words(one)}`);
  }

  // What scrolls can be scrolled with keys (WCAG 2.1.1).
  const FOCUSABLE = "a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex]";
  for (const one of document.body.querySelectorAll("*")) {
    const isLong = one.scrollHeight > one.clientHeight + 14 || one.scrollWidth > one.clientWidth + 14;
    if (!limits.contrast || !isLong || !isSeen(one)) continue;
    const { overflowX, overflowY } = getComputedStyle(one);
    const scrolls = (/auto|scroll/.test(overflowY) && one.scrollHeight > one.clientHeight + 14)
      || (/auto|scroll/.test(overflowX) && one.scrollWidth > one.clientWidth + 14);
    if (scrolls && !one.matches(FOCUSABLE) && !one.querySelector(FOCUSABLE)) faults.add(`no key scrolls ${words(one)}`);
  }

  // A page in another language says what on it is Chinese (WCAG 3.1.2).
  const heard = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (!document.documentElement.lang.startsWith("zh") && heard.nextNode()) {
    const parent = heard.currentNode.parentElement;
    if (!/\p{Script=Han}/u.test(heard.currentNode.textContent) || parent.closest("script, style, textarea, option")) continue;
    if (!parent.closest("[lang]").lang.startsWith("zh")) faults.add(`Chinese that is not marked: ${words(parent)}`);
  }

  // One order for eye and key, one thing that moves: nothing.
  for (const one of document.querySelectorAll("[tabindex]")) {
    if (one.tabIndex > 0) faults.add(`an order of its own: ${words(one)}`);
  }
  if (limits.still) {
    for (const one of document.body.querySelectorAll("*")) {
      const style = getComputedStyle(one);
      const slow = `${style.transitionDuration}, ${style.animationDuration}`.split(", ").some((time) => parseFloat(time) > 0);
      if (slow) faults.add(`moves: ${words(one)}`);
    }
  }
  return [...faults];
}
