// What htmx does not say by itself: a request that failed must not look like one that worked.

function say(name) {
  const place = document.querySelector("[data-messages]");
  const text = document.querySelector("template[data-texts]")?.dataset[name];
  if (!place || !text) return;
  const alert = document.createElement("div");
  alert.className = "alert";
  alert.dataset.tone = "danger";
  alert.append(warning(), paragraph(text));
  place.replaceChildren(alert);
  place.scrollIntoView({ block: "nearest" });
}

function warning() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("width", "16");
  svg.setAttribute("height", "16");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", "#icon-warning");
  svg.append(use);
  return svg;
}

function paragraph(text) {
  const holder = document.createElement("div");
  holder.className = "alert-text";
  holder.append(document.createElement("p"));
  holder.firstChild.textContent = text;
  return holder;
}

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  say(status === 401 || status === 403 || status === 404 ? "forbidden" : "failed");
});
document.addEventListener("htmx:sendError", () => say("unreachable"));
document.addEventListener("htmx:timeout", () => say("unreachable"));

// The summary of errors takes the focus when it is swapped in, as it does on a page of its own.
document.addEventListener("htmx:afterSettle", (event) => {
  event.detail.elt.querySelector?.("[data-error-summary]")?.focus();
});
