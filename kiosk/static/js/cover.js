// A box to cover: dragged on the page, or moved by the four numbers; both show the same. Without JavaScript the numbers do.
(() => {
  "use strict";
  const sheet = document.querySelector("[data-cover]");
  const form = document.querySelector("[data-cover-form]");
  if (!sheet || !form) return;
  const box = sheet.querySelector("[data-new]");
  const sides = ["left", "top", "width", "height"].map((name) => form.elements[name]);
  const names = ["x", "y", "width", "height"];
  let from = null;

  const draw = () => {
    sides.forEach((side, at) => {
      box.setAttribute(names[at], Number(side.value) || 0);
    });
  };

  const fill = (numbers) => {
    numbers.forEach((number, at) => {
      sides[at].value = number.toFixed(1);
    });
    draw();
  };

  const point = (event) => {
    const area = sheet.getBoundingClientRect();
    const share = (at, start, length) => Math.min(Math.max(((at - start) / length) * 100, 0), 100);
    return [share(event.clientX, area.left, area.width), share(event.clientY, area.top, area.height)];
  };

  sheet.addEventListener("pointerdown", (event) => {
    if (event.button || !sheet.querySelector("img").naturalWidth) return;
    event.preventDefault();
    from = point(event);
    sheet.setPointerCapture(event.pointerId);
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = point(event);
    fill([Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(from[0] - to[0]), Math.abs(from[1] - to[1])]);
  });
  sheet.addEventListener("pointerup", () => {
    from = null;
  });
  form.addEventListener("input", draw);
  draw();
})();
