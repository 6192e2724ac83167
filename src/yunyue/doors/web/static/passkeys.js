// Passkeys: asks the browser for a key and sends what it says. Forms name what they need in data attributes.
(function () {
  "use strict";

  async function options(form) {
    if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
    const answer = await fetch(form.dataset.optionsUrl, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    return answer.json();
  }

  async function create(form) {
    const given = (await options(form)).creation_options.publicKey;
    const alone = form.querySelector("[name=passwordless]");
    const passwordless = alone !== null && alone.checked;
    given.authenticatorSelection = Object.assign({}, given.authenticatorSelection, {
      residentKey: passwordless ? "required" : "discouraged",
      requireResidentKey: passwordless,
      userVerification: passwordless ? "required" : "preferred",
    });
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(given);
    return navigator.credentials.create({ publicKey });
  }

  async function get(form) {
    const given = (await options(form)).request_options.publicKey;
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(given);
    return navigator.credentials.get({ publicKey });
  }

  async function ask(form) {
    const failed = form.querySelector("[data-failed]");
    failed.hidden = true;
    try {
      const credential = await (form.dataset.passkey === "create" ? create(form) : get(form));
      form.querySelector("[name=credential]").value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (_problem) {
      failed.hidden = false;
    }
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.querySelector("button[type=button]").addEventListener("click", () => ask(form));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
  }
})();
