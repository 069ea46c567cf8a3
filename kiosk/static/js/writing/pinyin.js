// Letters that wait for a character: asks the terminal for candidates; an answer that comes late is dropped.
const LONGEST = 80;
const BEFORE = 4;

export function composition(addresses, { before, asking: isAsking, show, failed }) {
  let letters = "";
  let asking = null;

  const ask = async (address, question) => {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    isAsking();
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(question),
        signal: mine.signal,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const { candidates } = await answer.json();
      if (asking === mine) show(candidates);
    } catch (error) {
      if (asking === mine && error.name !== "AbortError") failed();
    }
  };
  const candidates = () => ask(addresses.pinyin, { letters, before: before(BEFORE) });
  const next = () => {
    if (before(1)) ask(addresses.next, { before: before(BEFORE) });
    else show([]);
  };
  const renew = () => (letters ? candidates() : next());

  return {
    letters: () => letters,
    type(letter) {
      if (letters.length < LONGEST) letters += letter;
      renew();
    },
    takeBack() {
      letters = letters.slice(0, -1);
      renew();
    },
    used(count) {
      letters = letters.slice(count).replace(/^'/, "");
      renew();
    },
    renew,
    forget() {
      letters = "";
      asking?.abort();
      asking = null;
    },
  };
}
