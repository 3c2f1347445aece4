// Copies the text of a button marked `data-copy`, and says that it did.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const label = button.querySelector("span");
  if (!(await copied(button))) return;
  button.dataset.label ??= label.textContent;
  label.textContent = button.dataset.copied;
  label.setAttribute("role", "status");
  setTimeout(() => (label.textContent = button.dataset.label), 2000);
});

async function copied(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    return true;
  } catch {
    // No clipboard on plain http: select the text beside the button, ready for the keyboard.
    const code = button.parentElement.querySelector("code");
    if (code) getSelection().selectAllChildren(code);
    return false;
  }
}
