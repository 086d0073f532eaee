// Keeps a page as it is on the server: asks for its part again and again and puts in what changed.
//
// A part is made of elements with an id. `data-v` names what an element shows: the same version
// is left alone, so that what has the focus, plays or is folded open stays as it is. An element with
// `data-keyed` is gone into, child by child; of one with `data-quiet` nobody is told that it changed.
// All words come from the page.
"use strict";

(() => {
  const ROWS = "#reports > [id^='row-']";
  const live = document.querySelector("[data-live]");
  if (!live) return;

  const PAUSE = 2500;
  const LONGEST_PAUSE = 15000;
  // A stream that is dead may look alive for minutes: that the connection is lost has to be said soon all the same.
  const TOLD_PAUSE = 6000;
  const LISTEN_AGAIN = 60000;
  const connection = document.getElementById("connection");
  const announcer = document.getElementById("announcer");
  const title = document.title;
  let etag = live.dataset.etag;
  let failures = 0;
  let unseen = 0;
  let timer = 0;
  let asking = false;

  // A page that came of a form (a number was shown) is, once reloaded, the plain page.
  if (live.dataset.address) history.replaceState(null, "", live.dataset.address);

  // --- Putting in what changed

  const keyed = (parent) =>
    new Map([...parent.children].filter((child) => child.id).map((child) => [child.id, child]));

  // What has no id came of a form and stands in no part: it stays where it is.
  const withId = (element) => {
    while (element && !element.id) element = element.nextElementSibling;
    return element;
  };

  // Returns whether anything was put in.
  function patch(parent, fresh) {
    const known = keyed(parent);
    let place = withId(parent.firstElementChild);
    let changed = false;
    for (const wanted of [...fresh.children]) {
      const held = wanted.id ? known.get(wanted.id) : undefined;
      let child = wanted;
      if (held && held.hasAttribute("data-keyed") && wanted.hasAttribute("data-keyed")) {
        changed = patch(held, wanted) || changed;
        child = held;
      } else if (held && held.dataset.v === wanted.dataset.v) {
        child = held;
      } else if (held && hasUnsaved(held)) {
        child = held;
      } else if (held) {
        keepFolds(held, wanted);
        keepPicks(held, wanted);
        if (held === place) place = withId(held.nextElementSibling);
        held.replaceWith(wanted);
        changed = changed || !wanted.hasAttribute("data-quiet");
      } else {
        changed = true;
      }
      if (child === place) place = withId(place.nextElementSibling);
      else parent.insertBefore(child, place);
      known.delete(wanted.id);
    }
    for (const gone of known.values()) gone.remove();
    return changed;
  }

  function keepPicks(held, wanted) {
    const [was, is] = [held, wanted].map((row) => row.querySelector(":scope > input[name=r]"));
    if (was && is) is.checked = was.checked;
  }

  // What somebody is writing, or sent and has to mend, is never taken from under their hands.
  function hasUnsaved(element) {
    if (element.querySelector("[data-unsaved]")) return true;
    return [...element.querySelectorAll("textarea, input, select")].some((input) => {
      // Which reports are selected is kept, see `keepPicks`.
      if (input.type === "hidden" || input.name === "r") return false;
      if (input.type === "checkbox" || input.type === "radio") return input.checked !== input.defaultChecked;
      if (input.tagName === "SELECT") {
        const first = [...input.options].findIndex((option) => option.defaultSelected);
        return input.selectedIndex !== Math.max(0, first);
      }
      return input.value !== input.defaultValue;
    });
  }

  function keepFolds(old, fresh) {
    for (const fold of old.querySelectorAll("details[open][id]")) {
      const same = fresh.querySelector(`#${CSS.escape(fold.id)}`);
      if (same) same.open = true;
    }
  }

  // What is being read stays where it is on the screen, whatever comes in above it.
  function anchor() {
    const first = [...live.querySelectorAll("[data-v]")].find(
      (element) =>
        !element.querySelector("[data-v]") &&
        element.getBoundingClientRect().bottom > 0 &&
        getComputedStyle(element).position !== "fixed",
    );
    if (!first || window.scrollY < 40) return () => {};
    const { id } = first;
    const before = first.getBoundingClientRect().top;
    return () => {
      const now = document.getElementById(id);
      if (now) window.scrollBy({ top: now.getBoundingClientRect().top - before, behavior: "instant" });
    };
  }

  function update(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").body;
    // As keys.js does in the page that came: what has the focus is found again by its id.
    for (const row of fresh.querySelectorAll(ROWS)) row.querySelector("h2 a").id = row.id.replace("row", "link");
    const before = new Set([...live.querySelectorAll(ROWS)].map((row) => row.id));
    const focused = document.activeElement && document.activeElement.id;
    const settle = anchor();
    const changed = patch(live, fresh);
    settle();
    if (focused && document.activeElement === document.body) {
      const same = document.getElementById(focused);
      if (same) same.focus({ preventScroll: true });
    }
    tellAges();
    if (!changed) return;
    if (document.getElementById("reports")) {
      announceRows([...live.querySelectorAll(ROWS)].filter((row) => !before.has(row.id)));
    } else {
      announcer.textContent = "";
      announcer.textContent = announcer.dataset.changed;
    }
  }

  // --- Saying what is new

  function announceRows(rows) {
    if (!rows.length) return;
    for (const row of rows) row.classList.add("fresh");
    document.dispatchEvent(new CustomEvent("live:new", { detail: rows }));
    unseen += rows.length;
    announcer.textContent =
      rows.length === 1 ? announcer.dataset.one : announcer.dataset.many.replace("{n}", rows.length);
    document.title = `${announcer.dataset.title.replace("{n}", unseen)} ${title}`;
  }

  function seen() {
    if (!unseen) return;
    unseen = 0;
    document.title = title;
    for (const row of live.querySelectorAll(".fresh")) row.classList.remove("fresh");
  }

  // --- How long ago things were

  const ages = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short" });

  const amount = (unit) =>
    new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "short" });
  const [inHours, inMinutes] = [amount("hour"), amount("minute")];

  function tellAges() {
    // In the list the instant is written briefly: seconds, in base 36.
    for (const age of live.querySelectorAll(".ago, [data-t]")) {
      const since = age.dataset.t ? parseInt(age.dataset.t, 36) * 1000 : Date.parse(age.dataset.since);
      const seconds = Math.max(0, Math.floor((Date.now() - since) / 1000));
      const [size, unit] =
        seconds < 60 ? [1, "second"] : seconds < 3600 ? [60, "minute"] : seconds < 86400 ? [3600, "hour"] : [86400, "day"];
      const text = ages.format(-Math.floor(seconds / size), unit);
      if (age.textContent !== text) age.textContent = text;
    }
    for (const waited of live.querySelectorAll(".waited")) {
      const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(waited.dataset.since)) / 60000));
      const parts = minutes < 60 ? [inMinutes.format(minutes)] : [inHours.format(Math.floor(minutes / 60)), inMinutes.format(minutes % 60)];
      const text = parts.join(" ");
      if (waited.textContent !== text) waited.textContent = text;
    }
  }

  // --- Asking

  async function ask() {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch(live.dataset.live, {
        headers: { "If-None-Match": `"${etag}"` },
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(10000),
      });
      if (answer.status === 401) return location.reload();
      if (answer.status !== 304) {
        if (!answer.ok) throw new Error(answer.statusText);
        update(await answer.text());
        etag = (answer.headers.get("ETag") || "").replace(/^W\//, "").replaceAll('"', "");
      }
      failures = 0;
    } catch {
      failures += 1;
    } finally {
      asking = false;
    }
    connection.hidden = failures === 0;
    document.dispatchEvent(new CustomEvent("live:asked"));
    next();
  }

  function next() {
    clearTimeout(timer);
    if (document.hidden) return;
    const pause = isTold() && !failures ? TOLD_PAUSE : Math.min(PAUSE * 2 ** Math.min(failures, 4), LONGEST_PAUSE);
    timer = setTimeout(ask, pause);
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) return hangUp();
    ask();
    listen();
  });
  window.addEventListener("pagehide", hangUp);
  window.addEventListener("online", ask);
  window.addEventListener("offline", ask);
  document.addEventListener("live:ask", ask);

  // --- Being told

  // While the server tells when something changed, nothing is asked but now and then, to be sure. A server that
  // has no stream left for this page answers 204, and a browser that has none never opens one: then it is asked.
  let stream = null;

  function listen() {
    if (!live.dataset.stream || !window.EventSource || document.hidden || stream) return;
    stream = new EventSource(live.dataset.stream);
    stream.addEventListener("open", next);
    stream.addEventListener("version", ({ data }) => {
      if (data !== etag) ask();
    });
    stream.addEventListener("over", () => {
      hangUp();
      ask();
    });
    stream.addEventListener("error", () => {
      if (stream && stream.readyState === EventSource.CLOSED) {
        hangUp();
        // Later there may be one.
        setTimeout(listen, LISTEN_AGAIN);
      }
      next();
    });
  }

  function hangUp() {
    if (stream) stream.close();
    stream = null;
  }

  const isTold = () => stream !== null && stream.readyState === EventSource.OPEN;
  // Not 'scroll': the page scrolls by itself when something comes in above what is read.
  for (const sign of ["pointerdown", "keydown", "wheel"]) {
    window.addEventListener(sign, seen, { passive: true });
  }
  setInterval(tellAges, 5000);
  next();
  listen();
})();
