// The page keeps itself up to date. What somebody has opened or is writing in stays as it is: they
// are told that the release has moved on, and look anew when they like.

function inUse(place) {
  return place.contains(document.activeElement) || place.querySelector("details[open]") !== null;
}

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const place = event.detail.target;
  if (!place?.matches?.("[data-holds-still]") || !inUse(place)) return;
  event.detail.shouldSwap = false;
  const news = place.querySelector("[data-news]");
  if (news) news.hidden = false;
});
