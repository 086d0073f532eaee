// How many reports are selected, all of them at once, and none. Without script they are selected one by one.
"use strict";

(() => {
  const form = document.getElementById("selected");
  if (!form) return;
  const all = document.getElementById("pick-all");
  const boxes = () => [...form.querySelectorAll("input[name=r]")];

  function tell() {
    const every = boxes();
    const picked = every.filter((box) => box.checked).length;
    // The bar comes anew with the list: it is looked for each time.
    const count = form.querySelector("[data-selected]");
    const words = picked ? count.dataset.selected.replace("{n}", picked) : "";
    if (count.textContent !== words) count.textContent = words;
    form.querySelector("[data-clear]").hidden = false;
    all.checked = every.length > 0 && picked === every.length;
    all.indeterminate = picked > 0 && picked < every.length;
  }

  function pick(is) {
    for (const box of boxes()) box.checked = is;
    tell();
  }

  all.closest("label").hidden = false;
  all.addEventListener("change", () => pick(all.checked));
  form.addEventListener("change", tell);
  form.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-clear]")) return;
    pick(false);
    all.focus();
  });
  document.addEventListener("live:asked", tell);
  // The browser may bring selections back with the page.
  window.addEventListener("pageshow", tell);
})();
