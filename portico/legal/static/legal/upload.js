// Shows how far an upload is. Without it the form is sent as any other.

function partsOf(event) {
  const form = event.target.closest?.("form[data-upload]");
  const place = form?.querySelector("[data-progress]");
  if (!place) return null;
  return { place, bar: place.querySelector("progress"), text: place.querySelector("p") };
}

document.addEventListener("htmx:xhr:progress", (event) => {
  const parts = partsOf(event);
  const { loaded, total, lengthComputable } = event.detail;
  if (!parts || !lengthComputable || !total) return;
  const percent = Math.floor((loaded / total) * 100);
  parts.place.hidden = false;
  if (percent < 100) {
    parts.bar.value = percent;
    parts.text.textContent = parts.text.dataset.sending.replace("{percent}", percent);
  } else {
    parts.bar.removeAttribute("value");
    parts.text.textContent = parts.text.dataset.checking;
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  const parts = partsOf(event);
  if (parts) parts.place.hidden = true;
});
