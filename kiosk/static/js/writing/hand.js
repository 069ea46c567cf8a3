// The square to write a character in: follows the finger, and tells after each stroke what it may be.
import { recognise, templates } from "./strokes.js";

const SHOWN = 12;
const LINE = 1 / 34; // width of the line, part of the square's height
let loading = null;

// The templates, fetched when handwriting is opened for the first time on a page.
export function load(address) {
  loading ??= fetch(address).then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.arrayBuffer();
  }).then(templates).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

export function square(canvas, { address, show, failed }) {
  const pen = canvas.getContext("2d");
  let strokes = [];
  let drawing = null;

  const fit = () => {
    const box = canvas.getBoundingClientRect();
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(box.width * scale);
    canvas.height = Math.round(box.height * scale);
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    paint();
  };
  const line = (points, colour, width, dashes = []) => {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.setLineDash(dashes);
    pen.beginPath();
    points.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    if (points.length === 1) pen.lineTo(points[0][0] + 0.1, points[0][1]);
    pen.stroke();
  };
  const paint = () => {
    const { width, height } = canvas.getBoundingClientRect();
    const colours = getComputedStyle(canvas);
    pen.clearRect(0, 0, width, height);
    pen.lineCap = "round";
    pen.lineJoin = "round";
    const guide = colours.getPropertyValue("--line");
    line([[width / 2, 12], [width / 2, height - 12]], guide, 2, [10, 12]);
    line([[12, height / 2], [width - 12, height / 2]], guide, 2, [10, 12]);
    for (const stroke of strokes) line(stroke, colours.getPropertyValue("--ink"), Math.max(6, height * LINE));
  };
  const recogniseNow = async () => {
    const drawn = strokes.map((stroke) => stroke.map((point) => [...point]));
    try {
      const known = await load(address);
      if (drawn.length === strokes.length) show(recognise(known, drawn, SHOWN).map((text) => ({ text, letters: 0 })));
    } catch {
      failed();
    }
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    if (drawing !== null) return;
    drawing = event.pointerId;
    canvas.setPointerCapture(drawing);
    strokes.push([at(event)]);
    paint();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drawing) return;
    const points = event.getCoalescedEvents?.() ?? [];
    strokes.at(-1).push(...(points.length ? points : [event]).map(at));
    paint();
  });
  const lift = (event) => {
    if (event.pointerId !== drawing) return;
    drawing = null;
    recogniseNow();
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);

  const renew = () => {
    paint();
    if (strokes.length) recogniseNow();
    else show([]);
  };
  return {
    fit,
    isEmpty: () => strokes.length === 0,
    undo() {
      strokes.pop();
      renew();
    },
    forget() {
      strokes = [];
      drawing = null;
      if (canvas.width) paint();
    },
  };
}
