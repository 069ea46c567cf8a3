// Keys under fingers: they show that they are pressed, act on release, forgive a finger that slips a little, and
// take the second of two touches by a shaking hand for the first one's echo.
const SLIP_PX = 24;
const ECHO_MS = 90;
const held = new Map();

export const isHeldIn = (root) => [...held.values()].some((key) => root.contains(key));

function isOver(key, event) {
  const box = key.getBoundingClientRect();
  return event.clientX >= box.left - SLIP_PX && event.clientX <= box.right + SLIP_PX
    && event.clientY >= box.top - SLIP_PX && event.clientY <= box.bottom + SLIP_PX;
}

export function onPress(root, act, released = () => {}) {
  let [last, lastAt] = [null, -ECHO_MS];

  root.addEventListener("pointerdown", (event) => {
    const key = event.target.closest?.("button");
    if (!key || event.button > 0) return;
    held.set(event.pointerId, key);
    key.setPointerCapture(event.pointerId);
    key.classList.add("is-pressed");
  });
  const release = (event) => {
    const key = held.get(event.pointerId);
    if (!key) return;
    held.delete(event.pointerId);
    key.classList.remove("is-pressed");
    const isEcho = key === last && event.timeStamp - lastAt < ECHO_MS;
    if (event.type === "pointerup" && isOver(key, event) && !isEcho) {
      [last, lastAt] = [key, event.timeStamp];
      act(key);
    }
    released();
  };
  root.addEventListener("pointerup", release);
  root.addEventListener("pointercancel", release);
  // The field keeps the focus, so its caret stays where the citizen sees it.
  root.addEventListener("mousedown", (event) => event.preventDefault());
  // A click without a pointer comes from an aid for people who cannot touch.
  root.addEventListener("click", (event) => {
    const key = event.target.closest?.("button");
    if (key && event.detail === 0) act(key);
  });
}
