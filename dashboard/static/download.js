// Lets the browser save what stands in a field as a file: nothing is asked of the server.
"use strict";

for (const link of document.querySelectorAll("[data-download]")) {
  const field = document.getElementById(link.dataset.download);
  link.href = URL.createObjectURL(new Blob([field.value + "\n"], { type: "text/plain" }));
  link.hidden = false;
}
