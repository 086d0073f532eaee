// Copies what stands in a field. Without script it is selected and copied by hand. All words come from the page.
"use strict";

(() => {
  const button = document.querySelector("[data-copy]");
  const told = document.querySelector("[data-copied]");
  if (!button || !told) return;
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    told.textContent = "";
    try {
      await navigator.clipboard.writeText(field.value);
      told.textContent = told.dataset.copied;
    } catch {
      // An insecure page, or a browser that forbids it.
      told.textContent = document.execCommand("copy") ? told.dataset.copied : told.dataset.failed;
    }
  });
})();
