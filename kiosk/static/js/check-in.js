// A scanner types the calendar file of a slip line by line: only its last line sends the form.
(() => {
  "use strict";
  const field = document.getElementById("number");
  field?.addEventListener("keydown", (event) => {
    const typed = field.value.toUpperCase();
    const isUnfinished = typed.includes("BEGIN:VCALENDAR") && !typed.includes("END:VCALENDAR");
    if (event.key === "Enter" && isUnfinished) event.preventDefault();
  });
})();
