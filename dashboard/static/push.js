// Subscribes this browser to notifications and sends where it is reached with the form. Where a browser has none,
// the form stays hidden. All words come from the page.
"use strict";

(() => {
  const form = document.getElementById("push");
  if (!form || !form.dataset.key || !navigator.serviceWorker || !window.PushManager || !window.Notification) return;
  const says = (name) => {
    for (const each of ["refused", "failed"]) form.querySelector(`[data-${each}]`).hidden = each !== name;
  };
  const key = Uint8Array.from(atob(form.dataset.key.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  form.hidden = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    says(null);
    if ((await Notification.requestPermission()) !== "granted") return says("refused");
    try {
      const worker = await navigator.serviceWorker.register(form.dataset.worker, { scope: "/" });
      const asked = { userVisibleOnly: true, applicationServerKey: key };
      // What it was subscribed to by another key of the line can be told of no more.
      const old = await worker.pushManager.getSubscription();
      if (old) await old.unsubscribe();
      form.elements.address.value = JSON.stringify(await worker.pushManager.subscribe(asked));
    } catch {
      return says("failed");
    }
    form.submit();
  });
})();
