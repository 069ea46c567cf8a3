// Papers that go with a form: the camera of a machine in a hall takes a picture that the form sends; a telephone's file
// is sent as soon as it is chosen, and one that is too large is named before it travels. Nothing is kept here.
(() => {
  "use strict";
  const QUALITY = 0.9;
  const WIDE = 2560;
  const form = document.querySelector("[data-papers]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const camera = form.querySelector("[data-camera]");

  const choose = () => {
    const tooLarge = form.querySelector("[data-too-large]");
    form.querySelector("[data-send-by-hand]").hidden = true;
    input.addEventListener("change", () => {
      const file = input.files[0];
      tooLarge.hidden = !file || file.size <= Number(form.dataset.mostBytes);
      if (!tooLarge.hidden) input.value = "";
      else if (file) form.requestSubmit();
    });
  };

  const photograph = async () => {
    const [video, canvas] = [camera.querySelector("video"), camera.querySelector("canvas")];
    const [take, retake, send] = ["take", "retake", "send"].map((act) => camera.querySelector(`[data-${act}]`));
    const show = (isTaken) => {
      [video.hidden, take.hidden] = [isTaken, isTaken];
      [canvas.hidden, retake.hidden, send.hidden] = [!isTaken, !isTaken, !isTaken];
    };
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: WIDE } },
    });
    video.srcObject = stream;
    await video.play();
    window.addEventListener("pagehide", () => stream.getTracks().forEach((track) => track.stop()));
    form.querySelector("[data-no-camera]").hidden = true;
    camera.hidden = false;
    take.addEventListener("click", () => {
      [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
      canvas.getContext("2d").drawImage(video, 0, 0);
      canvas.toBlob((picture) => {
        const given = new DataTransfer();
        given.items.add(new File([picture], `${input.getAttribute("aria-label")}.jpg`, { type: "image/jpeg" }));
        input.files = given.files;
        show(true);
        send.focus();
      }, "image/jpeg", QUALITY);
    });
    retake.addEventListener("click", () => {
      input.value = "";
      show(false);
      take.focus();
    });
  };

  if (camera) photograph().catch(console.info);
  else choose();
})();
