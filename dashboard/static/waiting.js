// Says that an answer is on its way, of a form that takes long, and has it sent once.
"use strict";

document.addEventListener("submit", (submit) => {
  const said = document.getElementById(submit.target.dataset.waiting);
  if (!said) return;
  if (submit.target.hasAttribute("aria-busy")) return submit.preventDefault();
  submit.target.setAttribute("aria-busy", "true");
  said.textContent = said.dataset.says;
});

// Whoever comes back by the browser's button finds the form as it was.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-waiting][aria-busy]")) {
    form.removeAttribute("aria-busy");
    document.getElementById(form.dataset.waiting).textContent = "";
  }
});
