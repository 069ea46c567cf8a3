// Reads an answer with the phone's own voice. Only a voice of the device is offered: no word of the answer leaves it.
(() => {
  const button = document.querySelector("[data-answer-aloud]");
  const synth = window.speechSynthesis;
  if (!button || !synth) return;
  const voice = () =>
    synth.getVoices().find((one) => one.localService && one.lang.toLowerCase().startsWith("zh"));
  const offer = () => {
    button.hidden = !voice();
  };
  button.addEventListener("click", () => {
    if (synth.speaking) return synth.cancel();
    for (const line of document.querySelectorAll("[data-answer-text] p")) {
      const said = new SpeechSynthesisUtterance(line.textContent);
      said.voice = voice();
      said.lang = said.voice.lang;
      said.rate = 0.9;
      synth.speak(said);
    }
  });
  synth.addEventListener("voiceschanged", offer);
  window.addEventListener("pagehide", () => synth.cancel());
  offer();
})();
