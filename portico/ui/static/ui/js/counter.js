// Keeps the count beside a field that has a limit.

document.addEventListener("input", (event) => {
  const { name, form } = event.target;
  if (!name) return;
  const root = form ?? document;
  const count = root.querySelector(`[data-counter-of="${CSS.escape(name)}"]`);
  if (!count) return;
  const used = [...event.target.value].length;
  count.textContent = String(used);
  count.parentElement.toggleAttribute("data-over", used > event.target.maxLength);
});
