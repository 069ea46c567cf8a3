// The phone's own share sheet, where the phone has one: the receipt's picture, or the address of a public page.
// Without it the buttons stay hidden; nothing is kept here.
(() => {
  "use strict";
  const receipt = document.querySelector("[data-share]");
  const page = document.querySelector("[data-share-page]");
  const isReady = (what) => Boolean(navigator.share) && (!what || Boolean(navigator.canShare?.(what)));

  const show = (place, share) => {
    place.hidden = false;
    // A person who closes the sheet without choosing has done nothing wrong.
    (place.querySelector("button") ?? place).addEventListener("click", () => share().catch(console.info));
  };
  const shareReceipt = async () => {
    const answer = await fetch(receipt.dataset.share);
    const file = new File([await answer.blob()], receipt.dataset.name, { type: "image/png" });
    await navigator.share({ files: [file] });
  };
  const sharePage = () => navigator.share({ title: document.title, url: page.dataset.sharePage });

  if (receipt && isReady({ files: [new File([], "a.png", { type: "image/png" })] })) show(receipt, shareReceipt);
  if (page && isReady()) show(page, sharePage);
})();
