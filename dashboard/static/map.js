// Shows the places of the list on pictures of a map, with Leaflet. The list stays what it is, and is
// what the map is made of: also when it changes. Without pictures the plot is shown again.
// All words come from the page.
"use strict";

(() => {
  const box = document.getElementById("map");
  const live = document.querySelector("[data-live]");
  if (!box || !live || !window.L) return;

  const L = window.L;
  const BESIDE = 34; // Pixels between the signs of one place.
  const DEEPEST = 19;
  const failed = document.getElementById("map-failed");
  const plain = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const marks = () => [...live.querySelectorAll(".mark[data-lat]")];

  // Leaflet's own layer empties a picture by a data: address, which the page's policy forbids.
  const Pictures = L.GridLayer.extend({
    createTile({ x, y, z }, done) {
      const picture = document.createElement("img");
      picture.alt = "";
      picture.onload = () => done(null, picture);
      picture.onerror = () => done(new Error("no picture"), picture);
      picture.src = L.Util.template(box.dataset.tiles, { x, y, z });
      return picture;
    },
  });

  let map = null;
  let layer = null;
  let loaded = 0;
  let shown = "";
  let opened = null; // The mark whose popup is open.

  function open() {
    box.hidden = false;
    live.classList.add("with-map");
    map = L.map(box, { zoomControl: false, attributionControl: false, maxZoom: DEEPEST, zoomAnimation: false, fadeAnimation: false });
    L.control.attribution({ prefix: false }).addTo(map);
    L.control.scale({ imperial: true }).addTo(map);
    L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
    const tiles = new Pictures({ attribution: plain(box.dataset.credit), maxZoom: DEEPEST });
    tiles.on("tileload", () => {
      loaded += 1;
      failed.hidden = true;
    });
    tiles.on("tileerror", () => {
      if (!loaded) close();
    });
    tiles.addTo(map);
    layer = L.layerGroup().addTo(map);
    map.on("popupclose", () => {
      opened = null;
    });
    map.on("popupopen", ({ popup }) => {
      opened = popup.of;
      const button = popup.getElement().querySelector(".leaflet-popup-close-button");
      if (button) button.setAttribute("aria-label", box.dataset.close);
    });
  }

  // Nobody answers there: the plot has the same.
  function close() {
    if (!map) return;
    map.remove();
    map = null;
    box.hidden = true;
    failed.hidden = false;
    live.classList.remove("with-map");
    watching.disconnect();
  }

  function draw() {
    const here = marks();
    const now = here.map((mark) => `${mark.id} ${mark.dataset.v}`).join();
    if (!map || now === shown) return;
    if (shown === "") {
      const places = here.map((mark) => [Number(mark.dataset.lat), Number(mark.dataset.lon)]);
      map.fitBounds(places, { maxZoom: 16, padding: [44, 44], animate: false });
    }
    shown = now;
    const reopen = opened;
    layer.clearLayers();
    const known = new Map();
    for (const [place, mark] of here.entries()) {
      const at = [Number(mark.dataset.lat), Number(mark.dataset.lon)];
      const before = known.get(at.join()) || 0;
      known.set(at.join(), before + 1);
      const icon = L.divIcon({
        className: "map-sign",
        html: mark.querySelector("svg.sign").outerHTML,
        iconSize: [44, 44],
        iconAnchor: [22 - before * BESIDE, 22],
        popupAnchor: [before * BESIDE, -16],
      });
      const popup = L.popup({ maxWidth: 260 }).setContent(mark.querySelector(".says").cloneNode(true));
      popup.of = mark.id;
      // The most urgent comes first in the list, and lies above what is less so.
      const marker = L.marker(at, { icon, title: mark.dataset.name, zIndexOffset: (here.length - place) * 1000, riseOnHover: true }).bindPopup(popup);
      layer.addLayer(marker);
      marker.getElement().id = `sign-${mark.id}`;
      marker.getElement().setAttribute("aria-label", mark.dataset.name);
      if (mark.id === reopen) marker.openPopup();
    }
  }

  const watching = new MutationObserver(() => {
    if (!map && marks().length) open();
    draw();
  });
  watching.observe(live, { childList: true, subtree: true });
  if (marks().length) {
    open();
    draw();
  }
})();
