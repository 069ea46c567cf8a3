// What is being written is kept at the hub: a moment after the last key, and when the page is left. When the session has
// ended, the password is asked for on top of the form. Without JavaScript a form that was sent too late keeps everything.
(() => {
  "use strict";
  const QUIET_MS = 1500;
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const said = form.querySelector("[data-draft-said]");
  const dialog = document.querySelector("dialog[data-sign-in]");
  let isKept = true;
  let timer = 0;

  const tell = (text) => {
    said.textContent = text;
  };

  const keep = async () => {
    clearTimeout(timer);
    if (isKept) return;
    isKept = true;
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (answer.status === 400 || answer.status === 401) {
        isKept = false;
        if (!dialog.open) dialog.showModal();
        return;
      }
      if (!answer.ok) throw new Error(`draft: ${answer.status}`);
      tell(`${said.dataset.kept}${new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}`);
    } catch (error) {
      console.info(error);
      isKept = false;
      tell(said.dataset.lost);
      timer = setTimeout(keep, QUIET_MS * 4);
    }
  };

  const leave = () => {
    if (isKept) return;
    isKept = true;
    navigator.sendBeacon(form.dataset.draft, new FormData(form));
  };

  const page = async (address) => {
    const answer = await fetch(address);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  // The forms of this page take the token of the new session.
  const goOn = async () => {
    const here = await page(location.href);
    const token = here.querySelector("form[data-draft] [name=csrf_token]")?.value;
    if (!token) return false;
    document.querySelectorAll("[name=csrf_token]").forEach((each) => {
      each.value = token;
    });
    dialog.close();
    isKept = false;
    await keep();
    return true;
  };

  let isAsking = false;
  const signIn = async (event) => {
    event.preventDefault();
    const asked = event.target;
    if (isAsking) return;
    isAsking = true;
    const wrong = dialog.querySelector("[data-wrong]");
    const token = (await page(dialog.dataset.signIn)).querySelector("form [name=csrf_token]")?.value;
    if (token && asked.elements.password.value) {
      const { name, password } = asked.elements;
      const body = new URLSearchParams({ csrf_token: token, name: name.value, password: password.value });
      await fetch(dialog.dataset.signIn, { method: "POST", body, redirect: "manual" });
    }
    asked.elements.password.value = "";
    wrong.hidden = await goOn();
    wrong.textContent = wrong.hidden ? "" : wrong.dataset.wrong;
    isAsking = false;
  };

  form.addEventListener("input", () => {
    isKept = false;
    clearTimeout(timer);
    timer = setTimeout(keep, QUIET_MS);
  });
  form.addEventListener("submit", () => {
    isKept = true;
    clearTimeout(timer);
  });
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  dialog.addEventListener("submit", signIn);
})();
