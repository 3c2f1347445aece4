// Choosing a known provider fills in its server, and shows what people miss most often. A pair of
// port and mode that usually do not go together draws a warning while it is typed. Both work
// without this, too: by the form's own buttons.

function put(form, name, value) {
  const fields = [...form.elements].filter((element) => element.name === name);
  for (const field of fields) {
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.type === "checkbox") field.checked = Boolean(value);
    else field.value = value;
  }
  fields[0]?.dispatchEvent(new Event("input", { bubbles: true }));
}

function modeOf(form) {
  if (!form.elements.ssl.checked) return "none";
  const chosen = form.elements.security.value;
  return chosen || (form.elements.port.value === "465" ? "ssl" : "starttls");
}

function warn(form) {
  const warning = form.querySelector("[data-pairs]");
  if (!warning) return;
  const proposals = JSON.parse(warning.dataset.pairs);
  const host = form.elements.host.value.trim();
  const found = host && proposals[`${form.elements.port.value.trim()} ${modeOf(form)}`];
  warning.hidden = !found;
  if (!found) return;
  warning.querySelector("[data-pair-sentence]").textContent = found.sentence;
  warning.querySelector("[data-pair-button]").textContent = found.button;
}

function fill(form, provider) {
  const values = JSON.parse(form.querySelector("[data-fills]").dataset.fills)[provider];
  for (const hint of form.querySelectorAll("[data-provider-hint]")) {
    hint.hidden = hint.dataset.providerHint !== provider;
  }
  for (const [name, value] of Object.entries(values ?? {})) put(form, name, value);
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.form;
    if (!form?.querySelector("[data-fills]")) return;
    if (event.target.name === "provider" && kind === "change") fill(form, event.target.value);
    warn(form);
  });
}
