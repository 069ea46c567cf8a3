// How far words differ in lightness from what is behind them (WCAG 1.4.3): asked at every look, in a millisecond.
// Knows what the elements around a text paint, not what else covers it or a picture behind it: axe sees that once a page.
window.contrastOf = (() => {
  const known = new Map();
  const paint = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  // A colour as parts of one, multiplied by how opaque it is.
  const channels = (colour) => {
    if (!known.has(colour)) {
      paint.clearRect(0, 0, 1, 1);
      paint.fillStyle = colour;
      paint.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = [...paint.getImageData(0, 0, 1, 1).data].map((one) => one / 255);
      known.set(colour, [red * alpha, green * alpha, blue * alpha, alpha]);
    }
    return known.get(colour);
  };
  const over = (front, back) => front.map((one, at) => one + back[at] * (1 - front[3]));
  const lightness = (colour) => colour.slice(0, 3).reduce((sum, one, at) => {
    const linear = one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4;
    return sum + linear * [0.2126, 0.7152, 0.0722][at];
  }, 0);
  const ratio = (one, other) => {
    const [dark, light] = [lightness(one), lightness(other)].sort((first, second) => first - second);
    return (light + 0.05) / (dark + 0.05);
  };

  // The ratio of an element's words, NaN before a picture; with `beside`, of their colour and that of other words.
  return (element, beside) => {
    const ink = channels(getComputedStyle(element).color);
    if (beside) return ratio(ink, channels(getComputedStyle(beside).color));
    let [front, back] = [ink, [0, 0, 0, 0]];
    for (let one = element; one; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (back[3] < 1) {
        if (style.backgroundImage !== "none") return NaN;
        const own = channels(style.backgroundColor);
        [front, back] = [over(front, own), over(back, own)];
      }
      const opacity = Number(style.opacity);
      if (opacity < 1) [front, back] = [front.map((part) => part * opacity), back.map((part) => part * opacity)];
      if (one.matches("dialog:modal")) break;
    }
    const paper = [1, 1, 1, 1];
    return ratio(over(front, paper), over(back, paper));
  };
})();
