// Says in words which part of an identity number (GB 11643: 6 + 8 + 4) is being written.
const LENGTH = 18;
const plain = (value) => value.normalize("NFKC").toUpperCase().replace(/[^0-9X]/g, "");

// Whether one more sign may follow: at most 18, and X only as the last one.
export const mayFollow = (value, sign) => plain(value).length < LENGTH && (sign !== "X" || plain(value).length === LENGTH - 1);

export function tell(root, value) {
  const number = plain(value);
  let from = 0;
  for (const part of root.querySelectorAll("[data-size]")) {
    const size = Number(part.dataset.size);
    const written = number.slice(from, from + size);
    part.querySelector(".writing-id-digits").textContent = written.padEnd(size, "·");
    part.classList.toggle("is-now", number.length >= from && number.length < from + size);
    part.classList.toggle("is-full", written.length === size);
    from += size;
  }
  root.querySelector("[data-state]").textContent = sentence(root.dataset, number);
}

function sentence(words, number) {
  const born = number.length >= 14
    ? words.born.replace("{year}", number.slice(6, 10)).replace("{month}", String(Number(number.slice(10, 12))))
      .replace("{day}", String(Number(number.slice(12, 14))))
    : "";
  const left = number.length === LENGTH ? words.all : words.left.replace("{count}", String(LENGTH - number.length));
  return [born, left].filter(Boolean).join("　");
}
