// Asks before a form marked `data-guard` is left with changes that were not saved.

const sent = new WeakSet();

function filled(form) {
  return [...form.elements].some((field) => {
    if (field.disabled || !field.name || field.type === "hidden") return false;
    if (field.type === "checkbox" || field.type === "radio") {
      return field.checked !== field.defaultChecked;
    }
    if (field.type === "file") return field.files.length > 0;
    if (field.tagName === "SELECT") {
      return [...field.options].some((option) => option.selected !== option.defaultSelected) &&
        field.value !== (field.querySelector("option[selected]") ?? field.options[0])?.value;
    }
    return "defaultValue" in field && field.value !== field.defaultValue;
  });
}

function unsaved(root) {
  const forms = [...root.querySelectorAll("form[data-guard]")];
  if (root.matches?.("form[data-guard]")) forms.push(root);
  // A form that came back with errors, or with what a button filled in (`data-changed`), holds
  // values the server did not take: unsaved as well.
  return forms.some(
    (form) =>
      !sent.has(form) &&
      (filled(form) ||
        form.hasAttribute("data-changed") ||
        form.querySelector("[data-error-summary]")),
  );
}

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented || event.target.matches("[hx-post], [data-hx-post]")) {
    sent.add(event.target);
  }
});
document.addEventListener("input", (event) => {
  if (event.target.form) sent.delete(event.target.form);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.failed) sent.delete(event.detail.elt);
});

window.addEventListener("beforeunload", (event) => {
  if (unsaved(document)) event.preventDefault();
});

// htmx: whatever would swap away a changed form asks too. The form's own request does not.
document.addEventListener("htmx:confirm", (event) => {
  const { elt, target, verb } = event.detail;
  if (verb !== "get" || !target || elt.closest("form[data-guard]") === elt) return;
  const question = document.querySelector("template[data-texts]")?.dataset.unsaved;
  if (question && unsaved(target)) {
    event.preventDefault();
    if (window.confirm(question)) event.detail.issueRequest(true);
  }
});
