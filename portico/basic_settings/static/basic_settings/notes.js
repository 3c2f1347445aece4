// Brings what a card has to say into view: a page that is reloaded goes back to where it was.

const note = document.querySelector("[data-note]");
if (note) {
  history.scrollRestoration = "manual";
  addEventListener("load", () => {
    note.focus({ preventScroll: true });
    note.scrollIntoView({ block: "center" });
  });
}
