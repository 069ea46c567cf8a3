// The writing panel of a kiosk: opens for the field that is touched and gives it letters, characters and digits.
// Nothing written is kept anywhere but in the field itself.
import { candidateRow } from "./candidates.js";
import * as fields from "./field.js";
import { load, square } from "./hand.js";
import { mayFollow, tell } from "./identity.js";
import { composition } from "./pinyin.js";
import { onPress } from "./press.js";

const panel = document.querySelector("[data-writing-panel]");
const dock = panel.closest(".dock");
const find = (name) => panel.querySelector(`[data-${name}]`);
const note = find("note");
const CHINESE = new Set(["pinyin", "hand"]);
let field = null;
let way = "";
let usual = panel.dataset.first;

const row = candidateRow(find("candidates"), panel.querySelector('[data-key="more"]'));
const letters = composition(panel.dataset, {
  before: (count) => (field ? fields.before(field, count) : ""),
  asking: () => { if (letters.letters()) row.outdate(); },
  show: (found) => { if (way === "pinyin" || hand.isEmpty()) present(found); },
  failed: () => {
    row.show([]);
    say("down");
  },
});
const hand = square(find("canvas"), {
  address: panel.dataset.strokes,
  show: (found) => present(found),
  failed: () => say("down"),
});

function say(what) {
  note.textContent = what ? note.dataset[what] : "";
}

function present(found) {
  if (!field || !CHINESE.has(way)) return;
  const isNext = found.length > 0 && found[0].letters === 0 && way === "pinyin";
  if (isNext) say("next");
  else if (way === "pinyin") say(letters.letters() ? "" : "start");
  else say(hand.isEmpty() && found.length ? "next" : hand.isEmpty() ? "hand" : "");
  row.show(found);
}

function showTyped() {
  find("typed").textContent = letters.letters();
}

function show(next) {
  if (way !== next) forget();
  way = next;
  for (const pad of panel.querySelectorAll("[data-pad]")) pad.hidden = pad.dataset.pad !== way;
  for (const tab of panel.querySelectorAll("[data-way]")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.way === (way === "id" ? "digits" : way)));
  }
  find("strip").hidden = !CHINESE.has(way);
  if (way === "hand") {
    hand.fit();
    say("loading");
    load(panel.dataset.strokes).then(() => say(hand.isEmpty() ? "hand" : ""), () => say("down"));
  }
  if (way === "pinyin") {
    say("start");
    letters.renew();
  }
  if (way === "id") tell(find("id"), field.value);
  if (way === "words") showGroup(field.dataset.writingWords);
  makeRoom();
}

// One group of chips is shown; the one that the field asks for comes first.
function showGroup(kind) {
  const wanted = panel.querySelector(`[data-chips="${CSS.escape(kind ?? "")}"]`) ?? panel.querySelector("[data-chips]");
  for (const chips of panel.querySelectorAll("[data-chips]")) chips.hidden = chips !== wanted;
  for (const tab of panel.querySelectorAll("[data-group]")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.group === wanted?.dataset.chips));
  }
}

function forget() {
  letters.forget();
  hand.forget();
  row.forget();
  showTyped();
}

function open(next) {
  if (field !== next) {
    forget();
    next.setSelectionRange(next.value.length, next.value.length); // a finger may set it elsewhere afterwards
  }
  field = next;
  for (const key of panel.querySelectorAll('[data-only="area"]')) key.hidden = !fields.isArea(field);
  panel.hidden = false;
  document.documentElement.classList.add("is-writing");
  show(fields.wayFor(field) || usual);
}

function close() {
  forget();
  panel.hidden = true;
  field = null;
  document.documentElement.classList.remove("is-writing");
  document.documentElement.style.removeProperty("--bar-height");
}

// The page knows how much of it the dock covers, and the field stays in sight.
function makeRoom() {
  if (!field) return;
  document.documentElement.style.setProperty("--bar-height", `${Math.ceil(dock.getBoundingClientRect().height)}px`);
  field.scrollIntoView({ block: "nearest" });
}

function write(text) {
  fields.insert(field, text);
  field.scrollIntoView({ block: "nearest" });
  if (way === "id") tell(find("id"), field.value);
}

function choose(candidate) {
  write(candidate.text);
  row.rest();
  row.collapse();
  hand.forget();
  letters.used(candidate.letters);
  showTyped();
}

function type(letter) {
  if (way === "pinyin") {
    letters.type(letter);
    showTyped();
    return;
  }
  const shift = panel.querySelector('[data-key="shift"]');
  const isCapital = shift.getAttribute("aria-pressed") === "true";
  write(isCapital ? letter.toUpperCase() : letter);
  if (isCapital) toggleShift();
}

function toggleShift() {
  const shift = panel.querySelector('[data-key="shift"]');
  const isCapital = shift.getAttribute("aria-pressed") !== "true";
  shift.setAttribute("aria-pressed", String(isCapital));
  for (const key of panel.querySelectorAll('[data-pad="latin"] [data-letter]')) {
    key.textContent = isCapital ? key.dataset.letter.toUpperCase() : key.dataset.letter;
  }
}

const acts = {
  away: () => { field.blur(); close(); },
  more: () => row.toggle(),
  shift: toggleShift,
  unstroke: () => hand.undo(),
  restart: () => { hand.forget(); row.show([]); say("hand"); },
  newline: () => plainly("\n"),
  space: () => (letters.letters() ? chooseFirst() : plainly(" ")),
  delete() {
    if (letters.letters()) {
      letters.takeBack();
      showTyped();
      return;
    }
    fields.deleteBack(field);
    afterwards();
  },
  clear() {
    forget();
    fields.clear(field);
    afterwards();
  },
};

function chooseFirst() {
  if (row.first()) choose(row.first());
}

// A sign that needs no choosing; letters that wait become their first candidate.
function plainly(sign) {
  if (letters.letters()) chooseFirst();
  if (way === "id" && !mayFollow(field.value, sign)) return;
  write(sign);
  afterwards();
}

function afterwards() {
  if (way === "pinyin") letters.renew();
  if (way === "id") tell(find("id"), field.value);
  if (way === "hand" && hand.isEmpty()) letters.renew();
}

function act(key) {
  if (!field) return;
  if (document.activeElement !== field && key.dataset.key !== "away") field.focus({ preventScroll: true });
  const { way: chosenWay, group, letter, key: name } = key.dataset;
  if (group) showGroup(group);
  else if (chosenWay) {
    const isId = chosenWay === "digits" && fields.wayFor(field) === "id";
    if (!isId && !fields.wayFor(field)) usual = chosenWay === "digits" ? usual : chosenWay;
    show(isId ? "id" : chosenWay);
  } else if (letter) type(letter);
  else if (name) (acts[name] ?? (() => plainly(name)))();
  else if (row.chosen(key)) choose(row.chosen(key));
}

function adoptAll(root) {
  for (const one of root.querySelectorAll("input, textarea")) if (fields.isWritable(one)) fields.adopt(one);
}

onPress(panel, act, () => row.settle());
document.addEventListener("focusin", ({ target }) => {
  if (target === field || !fields.isWritable(target)) return;
  fields.adopt(target);
  open(target);
});
document.addEventListener("input", ({ target }) => {
  if (target === field && way === "id") tell(find("id"), field.value);
});
// A change of the document's kind changes the pad of its number.
document.addEventListener("change", () => {
  if (field?.dataset.writing === "id") show(fields.wayFor(field));
});
// Letters that were never turned into characters would be lost without a word: the first time the panel says so.
document.addEventListener("submit", (event) => {
  if (!letters.letters() || event.target !== field?.form || !row.first()) return;
  if (event.submitter?.matches(".bar-help")) return; // a call for a person is always sent
  event.preventDefault();
  event.stopImmediatePropagation();
  say("choose");
}, true);
document.addEventListener("htmx:after:swap", () => adoptAll(document));
window.addEventListener("pageshow", (event) => { if (event.persisted) close(); });
new ResizeObserver(makeRoom).observe(dock);

adoptAll(document);
const asked = document.querySelector("h1 > label[for]")?.control;
if (asked && fields.isWritable(asked) && !document.querySelector("[data-error-summary]")) asked.focus();
else if (document.activeElement && fields.isWritable(document.activeElement)) open(document.activeElement);
