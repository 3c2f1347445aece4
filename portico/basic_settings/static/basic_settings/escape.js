// Escape in a section's form is its Cancel: what was changed is asked about, as it is there.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
  // A menu, a dialog or a list of suggestions that is open takes Escape for itself.
  if (document.querySelector(":popover-open, dialog[open]")) return;
  const cancel = event.target.closest?.("form[data-guard]")?.querySelector("[data-cancel]");
  if (!cancel) return;
  event.preventDefault();
  cancel.click();
});
