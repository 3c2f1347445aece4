// The landing page's side of a mini program in its frame. Whatever comes from there is hostile: it
// is taken only from that very window, and only as what is looked for here.

const program = document.querySelector(".program");
const frame = program.querySelector(".program-frame");
const pages = new Set(JSON.parse(document.getElementById("program-pages")?.textContent ?? "[]"));
const dialog = document.getElementById("open-link");
const ownTitle = document.title;

const LONGEST_TITLE = 80;
const LONGEST_QUERY = 1024;
const LONGEST_URL = 2048;
const MOST_REFUSED = 3;
const MOST_MOVES = 100;
let refused = 0;
let moves = 0;

const kinds = { shown, title, "open-link": openLink };

if (pages.size) {
  passOnFragment();
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== "null") return;
    const message = event.data;
    if (message === null || typeof message !== "object" || message.portico !== 1) return;
    if (Object.hasOwn(kinds, message.kind)) kinds[message.kind](message);
  });
  // It may be there already, and have said so before this script came. Who it is has no name.
  frame.contentWindow.postMessage({ portico: 1, kind: "where" }, "*");
}

// The server never sees what stands behind "#"; the program gets it, too.
function passOnFragment() {
  if (location.hash.length > 1 && !frame.src.includes("#")) frame.src += location.hash;
}

// The program is on one of its pages: the address says so, so that it can be kept and sent on.
function shown({ page, query, title: text }) {
  if (typeof page !== "string" || !pages.has(page)) return;
  const search = typeof query === "string" && query.length <= LONGEST_QUERY ? query : "";
  const path = page.split("/").map(encodeURIComponent).join("/");
  const clean = new URLSearchParams(search).toString();
  // Browsers refuse to have this done without end, and so do we.
  if ((moves += 1) <= MOST_MOVES) {
    history.replaceState(null, "", `${program.dataset.path}/${path}${clean ? `?${clean}` : ""}`);
  }
  title({ title: text });
}

// The program's title stands before its name and the workspace's, never in their place.
function title({ title: text }) {
  if (typeof text !== "string") return;
  const plain = text.replace(/[\p{C}\s]+/gu, " ").trim();
  const short = plain.length > LONGEST_TITLE ? `${plain.slice(0, LONGEST_TITLE)}…` : plain;
  const repeats = short === program.dataset.program;
  document.title = short && !repeats ? `${short} · ${ownTitle}` : ownTitle;
}

// Asks the person, naming the host, and lets them open it: a click of theirs, not of the program.
function openLink({ url }) {
  const address = webAddress(url);
  if (!address || dialog.open || refused >= MOST_REFUSED) return;
  const heading = dialog.querySelector("h2");
  heading.textContent = heading.dataset.sentence.replace("HOST", () => address.host);
  document.getElementById("open-link-url").textContent = address.href;
  document.getElementById("open-link-go").href = address.href;
  dialog.showModal();
}

function webAddress(url) {
  if (typeof url !== "string" || url.length > LONGEST_URL) return null;
  try {
    const address = new URL(url);
    const isWeb = address.protocol === "https:" || address.protocol === "http:";
    return isWeb && !address.username && !address.password ? address : null;
  } catch {
    return null;
  }
}

dialog.addEventListener("click", (event) => {
  if (event.target.closest("#open-link-go")) {
    refused = 0;
    dialog.close("open");
  } else if (event.target.closest("[data-cancel]")) {
    dialog.close("cancel");
  }
});
dialog.addEventListener("close", () => {
  if (dialog.returnValue !== "open") refused += 1;
  dialog.returnValue = "";
});
