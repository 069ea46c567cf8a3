// The week of a place: draws each day's hours to scale and lets them be dragged, made longer or shorter, or drawn where nothing is.
// Nothing is stored here: what was drawn fills in the plain forms, which work without this.
"use strict";
(() => {
  const week = document.querySelector("[data-week]");
  if (!week) return;
  const roomy = window.matchMedia("(min-width: 62rem)");
  const from = Number(week.dataset.starts), until = Number(week.dataset.ends);
  const PX_A_MINUTE = 0.62, STEP = 5, LEAST = 15;
  const panel = document.querySelector("[data-week-drawn]");
  const said = panel.querySelector("[data-week-said]");
  const toRule = panel.querySelector("[data-week-rule]"), toDate = panel.querySelector("[data-week-date]");
  let undo = null;

  const two = (n) => String(n).padStart(2, "0");
  const clock = (m) => `${two(Math.floor(m / 60))}:${two(m % 60)}`;
  const text = (s, e) => `${clock(s)}-${clock(e)}`;
  const snapped = (m) => Math.min(until, Math.max(from, Math.round(m / STEP) * STEP));
  const top = (m) => `${(m - from) * PX_A_MINUTE}px`;

  function put(block, starts, ends) {
    block.style.top = top(starts);
    block.style.height = `${(ends - starts) * PX_A_MINUTE}px`;
  }

  function lanes(blocks) {
    // Hours that overlap stand side by side, as many as overlap there.
    const ordered = [...blocks].sort((a, b) => a.dataset.starts - b.dataset.starts);
    let group = [], ends = [], last = -1;
    const place = () => group.forEach(([block, lane]) => {
      block.style.left = `${(lane * 100) / ends.length}%`;
      block.style.width = `${100 / ends.length}%`;
    });
    ordered.forEach((block) => {
      const starts = Number(block.dataset.starts);
      if (starts >= last) { place(); group = []; ends = []; }
      let lane = ends.findIndex((end) => end <= starts);
      if (lane < 0) lane = ends.length;
      const until = Number(block.dataset.ends);
      ends.splice(lane, 1, until);
      last = Math.max(last, until);
      group.push([block, lane]);
    });
    place();
  }

  function draw() {
    week.classList.toggle("week-scaled", roomy.matches);
    document.querySelector("[data-week-hint]").hidden = !roomy.matches;
    week.querySelectorAll(".week-line, .week-grip").forEach((each) => each.remove());
    week.querySelectorAll(".week-blocks").forEach((list, at) => {
      const blocks = [...list.querySelectorAll("[data-starts]")];
      const whole = list.querySelectorAll(".week-block:not([data-starts])").length;
      list.style.minHeight = roomy.matches ? `${(until - from) * PX_A_MINUTE}px` : "";
      blocks.forEach((block) => block.removeAttribute("style"));
      if (!roomy.matches) return;
      for (let hour = Math.ceil(from / 60); hour * 60 < until; hour += 2) {
        const line = document.createElement("li");
        line.className = "week-line";
        line.setAttribute("aria-hidden", "true");
        line.style.top = top(hour * 60);
        line.textContent = at === 0 && !whole ? clock(hour * 60) : "";
        list.prepend(line);
      }
      blocks.forEach((block) => {
        put(block, Number(block.dataset.starts), Number(block.dataset.ends));
        if (block.classList.contains("week-closed")) return;
        for (const side of ["top", "bottom"]) {
          const grip = document.createElement("span");
          grip.className = `week-grip week-grip-${side}`;
          block.append(grip);
        }
      });
      lanes(blocks);
    });
  }

  function others(block) {
    // The other parts of the same rule on that day: a form holds them all.
    const same = [...block.parentElement.querySelectorAll("[data-code]")];
    return same.filter((each) => each !== block && each.dataset.code === block.dataset.code && each.dataset.starts)
      .map((each) => text(Number(each.dataset.starts), Number(each.dataset.ends)));
  }

  function href(base, values) {
    const found = new URL(base, window.location.href);
    Object.entries(values).forEach(([name, value]) => found.searchParams.set(name, value));
    return found.pathname + found.search;
  }

  function offer(day, spans, block, back) {
    undo = back;
    const values = { place: week.dataset.place, day, spans: spans.sort().join("\n") };
    const isNew = !block || block.dataset.part !== "rule";
    toRule.querySelector("span").textContent = isNew ? toRule.dataset.new : toRule.dataset.old;
    toRule.hidden = Boolean(block) && block.dataset.part !== "rule";
    if (!block) {
      toRule.href = href(week.dataset.ruleHref.replace("CODE", "new"), values);
      toDate.href = href(week.dataset.dateHref, { ...values, kind: "instead" });
    } else if (block.dataset.part === "rule") {
      toRule.href = href(week.dataset.ruleHref.replace("CODE", block.dataset.code), { spans: values.spans });
      toDate.href = href(week.dataset.dateHref, { ...values, kind: "instead", rule: block.dataset.code });
    } else {
      toDate.href = href(block.querySelector("a").href, { spans: values.spans });
    }
    said.textContent = `${day}  ${spans.join("、")}`;
    panel.hidden = false;
    panel.focus();
  }

  function drag(event, list, block, how) {
    const day = list.closest("[data-day]").dataset.day;
    const box = list.getBoundingClientRect();
    const at = (each) => from + (each.clientY - box.top) / PX_A_MINUTE;
    const begun = at(event);
    let starts = block ? Number(block.dataset.starts) : snapped(begun);
    let ends = block ? Number(block.dataset.ends) : starts;
    const was = [starts, ends];
    const shown = block || list.appendChild(Object.assign(document.createElement("li"), { className: "week-block week-exception" }));
    if (!block) Object.assign(shown.style, { position: "absolute", left: "0", width: "100%" });
    let moved = false;

    function follow(each) {
      const by = snapped(from + Math.round((at(each) - begun) / STEP) * STEP - from + was[0]) - was[0];
      if (how === "new") [starts, ends] = [snapped(Math.min(begun, at(each))), snapped(Math.max(begun, at(each)))];
      else if (how === "top") starts = Math.min(was[1] - LEAST, snapped(was[0] + at(each) - begun));
      else if (how === "bottom") ends = Math.max(was[0] + LEAST, snapped(was[1] + at(each) - begun));
      else if (was[1] + by <= until) [starts, ends] = [was[0] + by, was[1] + by];
      if (Math.abs(each.clientY - event.clientY) > 4) moved = true;
      if (!moved) return;
      shown.classList.add("week-moving");
      put(shown, starts, ends);
      const words = shown.querySelector("b");
      if (words) words.textContent = text(starts, ends); else shown.textContent = text(starts, ends);
    }

    function back() {
      if (!block) { shown.remove(); return; }
      shown.classList.remove("week-moving");
      put(shown, ...was);
      shown.querySelector("b").textContent = text(...was);
    }

    function done() {
      window.removeEventListener("pointermove", follow);
      window.removeEventListener("pointerup", done);
      window.removeEventListener("pointercancel", done);
      if (!moved || ends - starts < LEAST) { back(); return; }
      shown.addEventListener("click", (each) => each.preventDefault(), { once: true });
      shown.classList.remove("week-moving");
      offer(day, [text(starts, ends), ...(block ? others(block) : [])], block, back);
    }

    window.addEventListener("pointermove", follow);
    window.addEventListener("pointerup", done);
    window.addEventListener("pointercancel", done);
  }

  week.addEventListener("dragstart", (event) => event.preventDefault());
  week.addEventListener("pointerdown", (event) => {
    const list = event.target.closest(".week-blocks");
    if (!roomy.matches || !list || event.button !== 0) return;
    const block = event.target.closest(".week-block");
    if (block && (!block.dataset.starts || block.classList.contains("week-closed"))) return;
    if (undo) { undo(); undo = null; panel.hidden = true; }
    const grip = event.target.closest(".week-grip");
    const how = !block ? "new" : grip ? (grip.classList.contains("week-grip-top") ? "top" : "bottom") : "move";
    drag(event, list, block, how);
  });
  panel.querySelector("[data-week-undo]").addEventListener("click", () => {
    if (undo) undo();
    undo = null;
    panel.hidden = true;
  });
  roomy.addEventListener("change", draw);
  draw();
})();
