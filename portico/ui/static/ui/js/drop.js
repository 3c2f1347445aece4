// Lets a file be dropped anywhere on its field, and keeps *Remove* and a new file apart.

function fieldAt(event) {
  return event.target.closest?.("[data-drop]");
}

document.addEventListener("dragover", (event) => {
  const field = fieldAt(event);
  if (!field || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  field.setAttribute("data-over", "");
});
document.addEventListener("dragleave", (event) => {
  const field = fieldAt(event);
  if (field && !field.contains(event.relatedTarget)) field.removeAttribute("data-over");
});
document.addEventListener("drop", (event) => {
  const field = fieldAt(event);
  if (!field) return;
  event.preventDefault();
  field.removeAttribute("data-over");
  const input = field.querySelector('input[type="file"]');
  if (input.disabled || !event.dataTransfer.files.length) return;
  input.files = input.multiple ? event.dataTransfer.files : first(event.dataTransfer.files);
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

function first(files) {
  const one = new DataTransfer();
  one.items.add(files[0]);
  return one.files;
}

document.addEventListener("change", (event) => {
  const field = fieldAt(event);
  const remove = field?.querySelector('.file-remove input[type="checkbox"]');
  if (!remove) return;
  const input = field.querySelector('input[type="file"]');
  if (event.target === input && input.files.length) remove.checked = false;
  if (event.target === remove && remove.checked && input.files.length) {
    input.value = "";
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
