// Asks the browser for a passkey and sends its answer with the form. Without it, or where a browser has none, the
// form stays hidden and other ways are left. All words come from the page.
"use strict";

(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const written = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const described = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const ask = (kind, given) => {
    const publicKey = { ...given, challenge: bytes(given.challenge) };
    if (kind === "create") {
      publicKey.user = { ...given.user, id: bytes(given.user.id) };
      publicKey.excludeCredentials = described(given.excludeCredentials);
      return navigator.credentials.create({ publicKey });
    }
    publicKey.allowCredentials = described(given.allowCredentials);
    return navigator.credentials.get({ publicKey });
  };

  const answer = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = written(credential.response[name]);
    }
    return JSON.stringify({ id: credential.id, rawId: written(credential.rawId), type: credential.type, response });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const said = form.querySelector("[data-passkey-said]");
    const given = form.querySelector("[data-options]");
    form.hidden = false;
    for (const without of document.querySelectorAll("[data-passkey-without]")) without.hidden = true;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      said.hidden = true;
      try {
        form.elements.credential.value = answer(await ask(form.dataset.passkey, JSON.parse(given.value)));
        form.submit();
      } catch (error) {
        const known = { NotAllowedError: said.dataset.cancelled, InvalidStateError: said.dataset.known };
        said.textContent = known[error.name] || said.dataset.failed;
        said.hidden = false;
      }
    });
  }
})();
