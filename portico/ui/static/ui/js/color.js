// Binds a color's text and the browser's picker to each other. The text is what is sent.

function whole(text) {
  const short = /^#?([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text.trim());
  if (short) return "#" + [...short.slice(1)].map((digit) => digit + digit).join("");
  const long = /^#?([0-9a-f]{6})$/i.exec(text.trim());
  return long ? "#" + long[1] : null;
}

document.addEventListener("input", (event) => {
  const holder = event.target.closest(".color");
  if (!holder) return;
  const picker = holder.querySelector("[data-color-picker]");
  const text = holder.querySelector("input:not([data-color-picker])");
  if (event.target === picker) {
    text.value = picker.value;
    text.dispatchEvent(new Event("input", { bubbles: true }));
  } else {
    const color = whole(text.value);
    if (color && picker.value !== color.toLowerCase()) picker.value = color;
  }
});
