// Makes the stroke templates: node tools/strokes.mjs PACKAGE RARITY OUT
//   PACKAGE  the unpacked npm package hanzi-writer-data 2.0.1 (Arphic Public License): CHARACTER.json with "medians"
//   RARITY   a text of "character<TAB>nats" lines, as `python -m tools.stroke_rarity` prints it
//   OUT      kiosk/static/vendor/hanzi-strokes-2.0.1.bin
// The change against the package: the middle lines of the strokes only, as 128 numbers a character (features of
// static/js/writing/strokes.js on their main axes), one byte each.
// The file: length of the header (uint32, little endian); header (JSON: characters, kept, scales); axes, stroke
// counts, rarity in fifths of a nat, vectors: signed bytes.
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = readFileSync(join(here, "../../static/js/writing/strokes.js"), "utf8");
const { FEATURES, features } = await import("data:text/javascript," + encodeURIComponent(source));
const KEPT = 128;
const ROUNDS = 12; // of the subspace iteration; more moves no axis by a visible amount
const RAREST = 25;
const [folder, rarityFile, out] = process.argv.slice(2);

const rarity = new Map(readFileSync(rarityFile, "utf8").trim().split("\n").map((line) => {
  const [character, nats] = line.split("\t");
  return [character, Number(nats)];
}));

// GB 2312 whole, then characters that the word list has met: names are written with them.
function wanted() {
  const decoder = new TextDecoder("gb18030");
  const found = new Set();
  for (let high = 0xb0; high <= 0xf7; high += 1) {
    for (let low = 0xa1; low <= 0xfe; low += 1) found.add(decoder.decode(new Uint8Array([high, low])));
  }
  for (const character of rarity.keys()) found.add(character);
  return [...found].filter((character) => [...character].length === 1 && existsSync(join(folder, `${character}.json`))).sort();
}

const characters = wanted();
const drawings = characters.map((character) =>
  JSON.parse(readFileSync(join(folder, `${character}.json`), "utf8")).medians.map((stroke) => stroke.map(([x, y]) => [x, -y])));
const numbers = drawings.map(features);

// The main axes of the numbers around zero, by subspace iteration on their 512 x 512 products.
function mainAxes() {
  const products = new Float64Array(FEATURES * FEATURES);
  for (const row of numbers) {
    for (let one = 0; one < FEATURES; one += 1) {
      if (row[one]) for (let other = 0; other < FEATURES; other += 1) products[one * FEATURES + other] += row[one] * row[other];
    }
  }
  let seed = 1;
  const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5;
  let axes = Array.from({ length: KEPT }, () => Float64Array.from({ length: FEATURES }, next));
  for (let round = 0; round < ROUNDS; round += 1) {
    axes = axes.map((axis) => Float64Array.from({ length: FEATURES }, (_, one) => {
      let sum = 0;
      for (let other = 0; other < FEATURES; other += 1) sum += products[one * FEATURES + other] * axis[other];
      return sum;
    }));
    axes.forEach((axis, order) => {
      for (const before of axes.slice(0, order)) {
        const along = axis.reduce((sum, value, cell) => sum + value * before[cell], 0);
        axis.forEach((_, cell) => { axis[cell] -= along * before[cell]; });
      }
      const norm = Math.hypot(...axis);
      axis.forEach((_, cell) => { axis[cell] /= norm; });
    });
  }
  return axes;
}

const axes = mainAxes();
const scales = axes.map((axis) => Math.max(...axis.map(Math.abs)) / 127);
const packedAxes = Int8Array.from(axes.flatMap((axis, order) => [...axis].map((value) => Math.round(value / scales[order]))));
const vectors = new Int8Array(characters.length * KEPT);
numbers.forEach((row, one) => {
  const seen = axes.map((axis) => axis.reduce((sum, value, cell) => sum + value * row[cell], 0));
  const largest = Math.max(...seen.map(Math.abs));
  seen.forEach((value, axis) => { vectors[one * KEPT + axis] = Math.round((value / largest) * 127); });
});
const rare = Int8Array.from(characters.map((one) => Math.round(5 * Math.min(RAREST, rarity.get(one) ?? RAREST))));
const header = Buffer.from(JSON.stringify({
  source: "hanzi-writer-data 2.0.1, Arphic Public License, beside this file",
  changed: "middle lines of the strokes only, as 128 direction features a character",
  characters: characters.join(""),
  kept: KEPT,
  scales: scales.map((one) => Number(one.toPrecision(6))),
}));
const length = Buffer.alloc(4);
length.writeUInt32LE(header.length);
const counts = Int8Array.from(drawings.map((drawing) => drawing.length));
writeFileSync(out, Buffer.concat([length, header, ...[packedAxes, counts, rare, vectors].map((part) => Buffer.from(part.buffer))]));
console.log(`${characters.length} characters`);
