// Shows how far an upload is, and lets it be cancelled. Without it the form is sent as any other.

function partsOf(event) {
  const form = event.target.closest?.("form[data-upload]");
  const place = form?.querySelector("[data-progress]");
  if (!place) return null;
  const [bar, text] = [place.querySelector("progress"), place.querySelector("p")];
  return { form, place, bar, text, cancel: place.querySelector("[data-cancel]") };
}

function megabytes(bytes) {
  const language = document.documentElement.lang || "en";
  const options = { style: "unit", unit: "megabyte", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language, options).format(bytes / 1024 / 1024);
}

document.addEventListener("htmx:xhr:progress", (event) => {
  const parts = partsOf(event);
  const { loaded, total, lengthComputable } = event.detail;
  if (!parts || !lengthComputable || !total) return;
  const percent = Math.floor((loaded / total) * 100);
  parts.place.hidden = false;
  parts.cancel.hidden = percent >= 100;
  if (percent >= 100) {
    parts.bar.removeAttribute("value");
    parts.text.textContent = parts.text.dataset.checking;
    return;
  }
  parts.bar.value = percent;
  parts.text.textContent = parts.text.dataset.sending
    .replace("{sent}", megabytes(loaded))
    .replace("{whole}", megabytes(total))
    .replace("{percent}", percent);
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-cancel]")) {
    htmx.trigger(event.target.closest("form"), "htmx:abort");
  }
});

document.addEventListener("htmx:xhr:abort", (event) => {
  const parts = partsOf(event);
  if (!parts) return;
  parts.bar.value = 0;
  parts.cancel.hidden = true;
  parts.text.textContent = parts.text.dataset.cancelled;
});

for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    const parts = partsOf(event);
    if (parts) parts.place.hidden = true;
  });
}
