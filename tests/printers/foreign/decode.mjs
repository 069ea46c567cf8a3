// A decoder of others: ESC/POS as base64 in, what npos reads in it out as JSON.
// {"entries": [{"type": "text", "bytes": "base64"} or {"type": "raster", "width", "height", "dots": "base64, a byte a dot"}]}
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const npos = require("npos");
const read = await npos.parser().parse(Buffer.from(Buffer.concat(chunks).toString("ascii"), "base64"));

function dots(picture) {
  const rows = Buffer.alloc(picture.width * picture.height);
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++) rows[y * picture.width + x] = picture.getPixel(x, y) === 0 ? 0 : 255;
  return rows.toString("base64");
}

const entries = read.entries.map(({ type, data }) =>
  type === "text"
    ? { type, bytes: Buffer.from(data).toString("base64") }
    : { type, width: data.width, height: data.height, dots: dots(data) },
);
process.stdout.write(JSON.stringify({ error: read.error ? String(read.error) : "", entries }));
