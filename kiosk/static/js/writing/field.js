// The field that is being written in: what the panel may do to it. The real field keeps focus, caret and value.
const TEXT_TYPES = new Set(["text", "search", "tel", "email", "url", "number"]);
const modes = new WeakMap();

export const isWritable = (element) =>
  (element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && TEXT_TYPES.has(element.type)))
  && !element.readOnly && !element.disabled && element.dataset.writing !== "off";

export const isArea = (field) => field instanceof HTMLTextAreaElement;

// Remembers what the page asked for and keeps the system's own keyboard away. Fields of type email and number tell
// no caret, so they become text: the server judges what is written anyway.
export function adopt(field) {
  if (modes.has(field)) return;
  modes.set(field, field.type === "email" ? "email" : field.inputMode || (field.type === "tel" || field.type === "number" ? "tel" : ""));
  if (field.type === "email" || field.type === "number") field.type = "text";
  field.inputMode = "none";
}

// Which way of writing suits the field: id, digits, latin, hand or "" for the page's usual one.
export function wayFor(field) {
  if (field.dataset.writing === "id") return idChosen(field) ? "id" : "latin";
  if (field.dataset.writing) return field.dataset.writing;
  const mode = modes.get(field);
  if (mode === "numeric" || mode === "tel" || mode === "decimal") return "digits";
  return mode === "email" || mode === "url" ? "latin" : "";
}

// data-writing-id="name:value value": the number is one of an identity card only while that choice is made.
function idChosen(field) {
  const [name, values] = (field.dataset.writingId ?? "").split(":");
  if (!values) return true;
  const chosen = field.form?.querySelector(`input[name="${CSS.escape(name)}"]:checked`);
  return !chosen || values.split(" ").includes(chosen.value);
}

function changed(field, inputType, data) {
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType, data }));
  field.scrollTop = field.scrollHeight;
}

export function insert(field, text) {
  const [start, end] = [field.selectionStart, field.selectionEnd];
  const room = field.maxLength < 0 ? text.length : field.maxLength - (field.value.length - (end - start));
  const fitting = text.slice(0, Math.max(0, room));
  if (!fitting) return;
  field.setRangeText(fitting, start, end, "end");
  changed(field, "insertText", fitting);
}

// Removes what is selected, or the character before the caret (a rare one may be two units long).
export function deleteBack(field) {
  const [start, end] = [field.selectionStart, field.selectionEnd];
  const before = start === end ? [...field.value.slice(0, start)].slice(0, -1).join("").length : start;
  if (before === end) return;
  field.setRangeText("", before, end, "end");
  changed(field, "deleteContentBackward", null);
}

export function clear(field) {
  if (!field.value) return;
  field.setRangeText("", 0, field.value.length, "end");
  changed(field, "deleteContent", null);
}

export const before = (field, count) => [...field.value.slice(0, field.selectionStart)].slice(-count).join("");
