// The row of candidates: buttons that are made once and only change their words, never under a finger.
import { isHeldIn } from "./press.js";

const MOST = 60;
const REST_MS = 350; // after a choice other words stand in the same places: a shaking hand's second touch is none

export function candidateRow(root, moreKey) {
  const buttons = Array.from({ length: MOST }, () => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "writing-candidate", tabIndex: -1, hidden: true, lang: "zh-CN" });
    root.append(button);
    return button;
  });
  let shown = [];
  let waiting = null;
  let resting = 0;

  const put = (found) => {
    shown = found.slice(0, MOST);
    buttons.forEach((button, place) => {
      const candidate = shown[place];
      button.hidden = !candidate;
      if (candidate && button.textContent !== candidate.text) button.textContent = candidate.text;
    });
    const isCut = shown.length > 0 && buttons[shown.length - 1].offsetTop > buttons[0].offsetTop;
    if (!isCut) expand(false);
    moreKey.hidden = !isCut;
  };
  const expand = (isExpanded) => {
    root.parentElement.classList.toggle("is-expanded", isExpanded);
    moreKey.textContent = isExpanded ? moreKey.dataset.fewer : moreKey.dataset.more;
  };

  const isReady = () => !root.matches(".is-resting, .is-outdated");

  return {
    show(found) {
      root.classList.remove("is-outdated");
      if (isHeldIn(root)) waiting = found;
      else put(found);
    },
    settle() {
      if (waiting && !isHeldIn(root)) {
        put(waiting);
        waiting = null;
      }
    },
    forget() {
      root.classList.remove("is-outdated");
      waiting = null;
      put([]);
      expand(false);
    },
    // Letters were typed since: what is shown belongs to fewer of them and cannot be chosen until the answer is here.
    outdate: () => root.classList.add("is-outdated"),
    chosen: (button) => (isReady() ? shown[buttons.indexOf(button)] : undefined),
    rest() {
      root.classList.add("is-resting");
      clearTimeout(resting);
      resting = setTimeout(() => root.classList.remove("is-resting"), REST_MS);
    },
    first: () => (root.classList.contains("is-outdated") ? undefined : shown[0]),
    toggle: () => expand(!root.parentElement.classList.contains("is-expanded")),
    collapse: () => expand(false),
  };
}
