// What is pasted from a web page or a document keeps its headings, lists and tables: the hub reads it and gives text
// back. Without JavaScript, or when the hub does not answer, the plain text goes in as browsers do it.
(() => {
  "use strict";
  const STRUCTURE = /<(table|h[1-6]|ul|ol|li|p|div|br)\b/i;

  const read = async (box, html) => {
    const token = box.form.elements.csrf_token.value;
    const body = new URLSearchParams({ csrf_token: token, html });
    const answer = await fetch(box.dataset.paste, { method: "POST", body });
    if (!answer.ok) throw new Error(`pasted: ${answer.status}`);
    return answer.text();
  };

  const put = (box, text) => {
    box.focus();
    // Through the browser's own editing, so that one step back takes it out again.
    if (!document.execCommand("insertText", false, text)) {
      box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    }
  };

  document.addEventListener("paste", async (event) => {
    const box = event.target.closest?.("textarea[data-paste]");
    const html = event.clipboardData?.getData("text/html") ?? "";
    if (!box || !STRUCTURE.test(html)) return;
    event.preventDefault();
    const plain = event.clipboardData.getData("text/plain");
    box.setAttribute("aria-busy", "true");
    try {
      put(box, await read(box, html));
    } catch (error) {
      console.info(error);
      put(box, plain);
    } finally {
      box.removeAttribute("aria-busy");
    }
  });
})();
