// Says how many characters are left of what may be written.
"use strict";

for (const area of document.querySelectorAll("[data-counted]")) {
  const said = document.getElementById(area.dataset.counted);
  const say = () => {
    said.textContent = `${area.value.length} / ${said.dataset.room}`;
  };
  area.addEventListener("input", say);
  say();
}
