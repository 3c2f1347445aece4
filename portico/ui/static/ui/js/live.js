// Live preview: elements marked `data-preview-of` show what the fields of these names hold now.

const urls = new WeakMap();

function scopeOf(element) {
  return element.closest("[data-preview-scope]") ?? document;
}

function fieldOf(scope, name) {
  return scope.querySelector(`[name="${CSS.escape(name)}"]:not([type="hidden"])`);
}

function removed(scope, name) {
  return scope.querySelector(`[name="${CSS.escape(name)}-clear"]`)?.checked ?? false;
}

function fileUrl(file) {
  if (!urls.has(file)) urls.set(file, URL.createObjectURL(file));
  return urls.get(file);
}

function showPicture(image, scope, names) {
  image.dataset.previewFirst ??= image.getAttribute("src") ?? "";
  const file = names.map((name) => fieldOf(scope, name)?.files?.[0]).find(Boolean);
  const gone = names.every((name) => removed(scope, name));
  const source = file
    ? fileUrl(file)
    : gone
      ? (image.dataset.previewSrc ?? "")
      : image.dataset.previewFirst;
  image.hidden = !source;
  if (source && image.getAttribute("src") !== source) {
    // The size printed on the page was the old picture's.
    if (file) ["width", "height"].forEach((side) => image.removeAttribute(side));
    image.src = source;
  }
}

function showText(element, scope, names) {
  let text = names.map((name) => fieldOf(scope, name)?.value.trim()).find(Boolean) ?? "";
  for (const [mark, meaning] of Object.entries(JSON.parse(element.dataset.previewReplace ?? "{}"))) {
    text = text.replaceAll(mark, meaning);
  }
  element.textContent = text || (element.dataset.previewEmpty ?? "");
}

function luminance(color) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function showColor(element, scope, name) {
  const color = fieldOf(scope, name)?.value.trim() ?? "";
  if (/^#[0-9a-f]{6}$/i.test(color)) {
    element.style.setProperty("--brand", color);
    element.style.setProperty("--on-brand", luminance(color) > 0.179 ? "#000000" : "#ffffff");
  } else if (!color) {
    element.style.removeProperty("--brand");
    element.style.removeProperty("--on-brand");
  }
}

function update(scope) {
  for (const element of scope.querySelectorAll("[data-preview-of]")) {
    if (scopeOf(element) !== scope) continue;
    const names = element.dataset.previewOf.split(/\s+/).filter(Boolean);
    if (element.matches("img")) showPicture(element, scope, names);
    else showText(element, scope, names);
  }
  for (const element of scope.querySelectorAll("[data-preview-color]")) {
    if (scopeOf(element) === scope) showColor(element, scope, element.dataset.previewColor);
  }
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.name) update(scopeOf(event.target));
  });
}
document.addEventListener("reset", (event) => setTimeout(() => update(scopeOf(event.target))));

// A form that came back refused holds what was typed; the page around it shows what is live.
function updateRefused(root) {
  for (const summary of root.querySelectorAll("[data-preview-scope] [data-error-summary]")) {
    update(scopeOf(summary));
  }
}

updateRefused(document);
document.addEventListener("htmx:afterSettle", (event) => updateRefused(event.detail.elt));
