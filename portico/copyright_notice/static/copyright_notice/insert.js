// A button with data-insert="text" and data-insert-into="name" puts the text into that field of its
// form. One listener on the document serves forms that htmx brings in later, too.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert-into]");
  const field = button?.form?.elements.namedItem(button.dataset.insertInto);
  if (!field) return;
  field.focus();
  field.select();
  // Unlike an assignment to value, this can be undone with the keyboard, and counters, previews and
  // the guard against leaving hear of it as of typing.
  if (!document.execCommand("insertText", false, button.dataset.insert)) {
    field.value = button.dataset.insert;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
