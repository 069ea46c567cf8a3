// Encoders of others: JSON in from standard input, ESC/POS out as base64.
// {"tool": "receiptline", "document": "...", "width": 48} or
// {"tool": "thermal", "lines": ["..."], "image": "base64 of a PNG", "qr": "..."}
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const asked = JSON.parse(Buffer.concat(chunks).toString("utf8"));

async function receiptline() {
  const options = { cpl: asked.width, encoding: "gb18030", command: "escpos", gradient: false };
  const { transform } = require("receiptline");
  const once = () => {
    const started = process.hrtime.bigint();
    const made = Buffer.from(transform(asked.document, options), "latin1");
    return [made, Number(process.hrtime.bigint() - started) / 1e6];
  };
  const [made, ms] = once();
  const times = Array.from({ length: 15 }, () => once()[1]).sort((a, b) => a - b);
  return [made, ms, times[7]];
}

async function thermal() {
  const { ThermalPrinter, PrinterTypes, CharacterSet } = require("node-thermal-printer");
  const printer = new ThermalPrinter({
    type: PrinterTypes.EPSON, interface: "tcp://127.0.0.1:9", width: 48, characterSet: CharacterSet.CHINA,
  });
  for (const line of asked.lines ?? []) printer.println(line);
  if (asked.image) await printer.printImageBuffer(Buffer.from(asked.image, "base64"));
  if (asked.qr) printer.printQR(asked.qr, { cellSize: 5, correction: "Q" });
  printer.cut();
  return [printer.getBuffer(), 0, 0];
}

const [bytes, ms, warmMs] = await { receiptline, thermal }[asked.tool]();
process.stdout.write(JSON.stringify({ bytes: bytes.toString("base64"), ms, warm_ms: warmMs }));
