// Shows and hides what was typed into a password field. Hidden again when the form is sent.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-password]");
  if (!button) return;
  const input = button.parentElement.querySelector("input");
  const shown = input.type === "password";
  input.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
  input.focus();
});
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll('[data-password][aria-pressed="true"]')) {
    button.parentElement.querySelector("input").type = "password";
    button.setAttribute("aria-pressed", "false");
  }
});
