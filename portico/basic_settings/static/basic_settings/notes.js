// Brings what a card has to say into view: a reload alone would go back to where the page was.

const note = document.querySelector("[data-note]");
if (note) {
  history.scrollRestoration = "manual";
  addEventListener("load", () => {
    note.scrollIntoView({ block: "center" });
    history.scrollRestoration = "auto";
  });
}
