// Which character a handful of strokes may be. Pure: it knows no page; the templates are made with the same code.
// A drawing becomes 512 numbers: how much of it runs in each of 8 directions in each cell of an 8 x 8 grid, with the
// moves of the lifted pen counted lightly, for they tell the order of the strokes; neighbours share by blurring.
export const DIRECTIONS = 8;
export const GRID = 8;
export const FEATURES = DIRECTIONS * GRID * GRID;
const STEP = 1 / 48; // a stroke is followed in steps of this part of the character's size
const SPACING = 1 / 24; // points of a stroke stand this far apart while it is steadied
const STEADYING = 6; // rounds of it
const LIFTED = 0.25; // weight of a move between strokes
const PER_STROKE = 0.007; // taken off for each stroke more or less than the template has
const PER_NAT = 0.0015; // taken off for each nat of rarity, so that of two alike the common one comes first
const LEAST_RATIO = 0.25; // a flat or thin character is stretched, but a single bar stays a bar

function bounds(strokes) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const stroke of strokes) {
    for (const [x, y] of stroke) {
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return { left, top, width: right - left, height: bottom - top };
}

// The strokes in a box of side 1, stretched half way (in the square root) towards a square.
function inUnitBox(strokes) {
  const box = bounds(strokes);
  const longer = Math.max(box.width, box.height, 1e-6);
  const size = (length) => (length / longer < LEAST_RATIO ? length / longer / Math.sqrt(LEAST_RATIO) : Math.sqrt(length / longer));
  const [width, height] = [size(box.width), size(box.height)];
  return strokes.map((stroke) => stroke.map(([x, y]) => [
    (1 - width) / 2 + (box.width ? ((x - box.left) / box.width) * width : 0),
    (1 - height) / 2 + (box.height ? ((y - box.top) / box.height) * height : 0),
  ]));
}

function evenly(stroke) {
  const points = [stroke[0]];
  let since = 0;
  for (let point = 1; point < stroke.length; point += 1) {
    let [fromX, fromY] = stroke[point - 1];
    const [toX, toY] = stroke[point];
    let length = Math.hypot(toX - fromX, toY - fromY);
    while (since + length >= SPACING) {
      const at = (SPACING - since) / length;
      [fromX, fromY] = [fromX + (toX - fromX) * at, fromY + (toY - fromY) * at];
      points.push([fromX, fromY]);
      length *= 1 - at;
      since = 0;
    }
    since += length;
  }
  points.push(stroke.at(-1));
  return points;
}

// A hand that trembles draws the line it means on the average: points at even distances, each moved towards
// the middle of its neighbours some times over; the ends stay.
function steadied(stroke) {
  let points = evenly(stroke);
  for (let round = 0; round < STEADYING; round += 1) {
    points = points.map(([x, y], at) => {
      if (at === 0 || at === points.length - 1) return [x, y];
      const [before, after] = [points[at - 1], points[at + 1]];
      return [(before[0] + 2 * x + after[0]) / 4, (before[1] + 2 * y + after[1]) / 4];
    });
  }
  return points;
}

function follow(counts, [fromX, fromY], [toX, toY], weight) {
  const length = Math.hypot(toX - fromX, toY - fromY);
  if (length < 1e-9) return;
  const turn = ((Math.atan2(toY - fromY, toX - fromX) / (2 * Math.PI)) * DIRECTIONS + DIRECTIONS) % DIRECTIONS;
  const one = Math.floor(turn) % DIRECTIONS;
  const other = (one + 1) % DIRECTIONS;
  const share = turn - Math.floor(turn);
  const steps = Math.max(1, Math.ceil(length / STEP));
  for (let step = 0; step < steps; step += 1) {
    const at = (step + 0.5) / steps;
    place(counts, one, fromX + (toX - fromX) * at, fromY + (toY - fromY) * at, (weight * (1 - share) * length) / steps);
    place(counts, other, fromX + (toX - fromX) * at, fromY + (toY - fromY) * at, (weight * share * length) / steps);
  }
}

function place(counts, direction, x, y, amount) {
  const [column, row] = [x * (GRID - 1), y * (GRID - 1)];
  const [left, top] = [Math.min(GRID - 2, Math.floor(column)), Math.min(GRID - 2, Math.floor(row))];
  const [right, down] = [column - left, row - top];
  const cell = direction * GRID * GRID + top * GRID + left;
  counts[cell] += amount * (1 - right) * (1 - down);
  counts[cell + 1] += amount * right * (1 - down);
  counts[cell + GRID] += amount * (1 - right) * down;
  counts[cell + GRID + 1] += amount * right * down;
}

function blurred(counts) {
  const along = (source, stride, across) => {
    const soft = new Float32Array(FEATURES);
    for (let cell = 0; cell < FEATURES; cell += 1) {
      const at = Math.floor(cell / stride) % across;
      const before = at > 0 ? source[cell - stride] : 0;
      const after = at < across - 1 ? source[cell + stride] : 0;
      soft[cell] = (before + 2 * source[cell] + after) / 4;
    }
    return soft;
  };
  return along(along(counts, 1, GRID), GRID, GRID);
}

// FEATURES numbers of length 1 together. strokes: lists of [x, y], x to the right and y down, in any unit.
export function features(strokes) {
  const counts = new Float32Array(FEATURES);
  const drawn = inUnitBox(inUnitBox(strokes).map(steadied));
  drawn.forEach((stroke, order) => {
    for (let point = 1; point < stroke.length; point += 1) follow(counts, stroke[point - 1], stroke[point], 1);
    if (order > 0) follow(counts, drawn[order - 1].at(-1), stroke[0], LIFTED);
  });
  const soft = blurred(counts).map(Math.sqrt);
  const norm = Math.hypot(...soft) || 1;
  return soft.map((value) => value / norm);
}

// The templates as they lie in the file; see tools/strokes.mjs for its form.
export function templates(buffer) {
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, new DataView(buffer).getUint32(0, true))));
  let at = 4 + new DataView(buffer).getUint32(0, true);
  const take = (count) => new Int8Array(buffer, (at += count) - count, count);
  const characters = [...header.characters];
  return {
    characters,
    kept: header.kept,
    scales: Float32Array.from(header.scales),
    axes: take(FEATURES * header.kept),
    strokes: take(characters.length),
    rarity: take(characters.length),
    vectors: take(characters.length * header.kept),
  };
}

function projected(known, drawing) {
  const numbers = features(drawing);
  const seen = new Float32Array(known.kept);
  for (let axis = 0; axis < known.kept; axis += 1) {
    let sum = 0;
    for (let cell = 0; cell < FEATURES; cell += 1) sum += known.axes[axis * FEATURES + cell] * numbers[cell];
    seen[axis] = sum * known.scales[axis];
  }
  const norm = Math.hypot(...seen) || 1;
  return seen.map((value) => value / norm);
}

// The `limit` characters that the drawing most resembles, the likeliest first.
export function recognise(known, drawing, limit) {
  if (!drawing.length) return [];
  const seen = projected(known, drawing);
  const { kept, vectors, strokes, rarity } = known;
  const best = [];
  for (let one = 0; one < known.characters.length; one += 1) {
    let [sum, square] = [0, 0];
    for (let axis = 0, cell = one * kept; axis < kept; axis += 1, cell += 1) {
      sum += vectors[cell] * seen[axis];
      square += vectors[cell] * vectors[cell];
    }
    const likeness = sum / Math.sqrt(square) - PER_STROKE * Math.abs(strokes[one] - drawing.length) - (PER_NAT * rarity[one]) / 5;
    if (best.length < limit || likeness > best.at(-1).likeness) {
      const place = best.findIndex((other) => likeness > other.likeness);
      best.splice(place < 0 ? best.length : place, 0, { character: known.characters[one], likeness });
      if (best.length > limit) best.pop();
    }
  }
  return best.map((one) => one.character);
}
