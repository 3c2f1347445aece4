// Passkeys: fetches a challenge, has the browser answer it, and sends the answer with the form.
// The server checks everything; what is said here only explains.

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-passkey]") || event.defaultPrevented) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  say(form, "");
  try {
    form.elements.credential.value = JSON.stringify(await answered(form));
    form.submit();
  } catch (error) {
    say(form, explained(form, error));
    form.removeAttribute("aria-busy");
  }
});

// Back by the browser's button: the page is as it was, and may be used again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-passkey]")) form.removeAttribute("aria-busy");
});

async function answered(form) {
  if (!window.PublicKeyCredential) throw new Refusal(form.dataset.unsupported);
  const { publicKey } = await challenge(form);
  publicKey.challenge = bytes(publicKey.challenge);
  for (const name of ["excludeCredentials", "allowCredentials"]) {
    for (const one of publicKey[name] ?? []) one.id = bytes(one.id);
  }
  if (form.dataset.passkey === "create") {
    publicKey.user.id = bytes(publicKey.user.id);
    return made(await navigator.credentials.create({ publicKey }));
  }
  return shown(await navigator.credentials.get({ publicKey }));
}

async function challenge(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
  });
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  const body = isJson ? await answer.json() : {};
  if (!answer.ok || !body.publicKey) throw new Refusal(body.message ?? form.dataset.failed);
  return body;
}

const made = (credential) => ({
  ...named(credential),
  response: {
    attestationObject: text(credential.response.attestationObject),
    clientDataJSON: text(credential.response.clientDataJSON),
  },
});

const shown = (credential) => ({
  ...named(credential),
  response: {
    authenticatorData: text(credential.response.authenticatorData),
    clientDataJSON: text(credential.response.clientDataJSON),
    signature: text(credential.response.signature),
    userHandle: credential.response.userHandle ? text(credential.response.userHandle) : null,
  },
});

const named = (credential) => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: credential.type,
  clientExtensionResults: credential.getClientExtensionResults(),
});

class Refusal extends Error {}

function explained(form, error) {
  if (error instanceof Refusal) return error.message;
  if (error.name === "InvalidStateError") return form.dataset.known;
  if (error.name === "SecurityError" || error.name === "NotSupportedError") {
    return form.dataset.unsupported;
  }
  return error.name === "NotAllowedError" ? form.dataset.cancelled : form.dataset.failed;
}

function say(form, sentence) {
  const problem = form.querySelector("[data-problem]");
  problem.querySelector(".alert-title").textContent = sentence;
  problem.hidden = !sentence;
}
