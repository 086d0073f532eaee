// Shows what the line sends to this browser, and opens its page when it is touched. It keeps nothing.
"use strict";

const OURS = new RegExp(`${self.location.origin.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}/\\S*`, "g");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const said = event.data.json();
  const links = said.body.match(OURS) || [];
  event.waitUntil(
    self.registration.showNotification(said.title, {
      body: said.body.replace(OURS, "").replace(/[\s·:]+$/, ""),
      tag: said.tag,
      requireInteraction: true,
      // The last is the one that takes it up without a login, where there is one.
      data: links[links.length - 1] || "/",
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data));
});
