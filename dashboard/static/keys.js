// Single keys for who goes through reports, on the list and on the page of a report. Never while somebody types or
// holds another key, and not at all once switched off, which this browser remembers (WCAG 2.1.4). All words come
// from the page. What a key does, a button on the page does too.
//
// It is loaded before the page is shown, and what is pressed while the rest of the page still comes is done as soon as
// it is there: who goes on after a key has led to another page loses none.
"use strict";

(() => {
  let pressed = null;
  const early = [];
  document.addEventListener("keydown", (event) => pressed ? pressed(event) : early.push(event));
  document.addEventListener("DOMContentLoaded", () => {
    pressed = listening() || (() => {});
    early.forEach((event) => pressed(event));
  });
})();

// What a key does on this page; nothing where no key does anything.
function listening() {
  const ROWS = "#reports > [id^='row-']";
  const help = document.getElementById("keys");
  if (!help) return null;

  const OFF = "keys-off";
  const VERDICTS = ["unverified", "confirmed", "false_alarm", "not_enforcement", "unable_to_verify"];
  const list = document.getElementById("reports");
  const choice = document.getElementById("keys-on");
  const opener = document.getElementById("keys-open");
  const told = document.getElementById("told");

  // A browser that keeps nothing has the keys on, each time anew.
  const remembered = {
    get off() {
      try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
    },
    set off(is) {
      try { localStorage.setItem(OFF, is ? "1" : "0"); } catch { /* it is on again after a reload */ }
    },
  };
  let off = remembered.off;
  choice.checked = !off;
  choice.addEventListener("change", () => {
    off = !choice.checked;
    remembered.off = off;
  });
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());

  // --- The list

  const rows = () => [...document.querySelectorAll(ROWS)];
  const linkOf = (row) => row.querySelector("h2 a");
  // The page comes without these names, hundreds of them: nothing in it leads there.
  for (const row of rows()) linkOf(row).id = row.id.replace("row", "link");
  // Where somebody is: the row that has the focus, else the last that had it.
  let last = null;
  document.addEventListener("focusin", ({ target }) => {
    const row = target.closest(ROWS);
    if (row) last = row.id;
  });

  function current() {
    const focused = document.activeElement.closest(ROWS);
    return focused || (last && document.getElementById(last));
  }

  function go(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    const row = at < 0 ? all[0] : all[Math.min(Math.max(at + step, 0), all.length - 1)];
    linkOf(row).focus();
    row.scrollIntoView({ block: "nearest" });
  }

  // As the buttons below the list do it, for one report; the page stays where it is.
  async function act(row, what) {
    const form = document.getElementById("selected");
    if (!form || !row) return;
    const all = rows();
    const at = all.indexOf(row);
    const next = all[at + 1] || all[at - 1];
    const sent = new URLSearchParams({
      csrf_token: form.elements.csrf_token.value,
      next: form.elements.next.value,
      r: row.id.slice("row-".length),
      do: what,
    });
    const answer = await fetch(form.action, { method: "POST", body: sent });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const news = page.getElementById("told");
    // The session is over, or something went wrong: the page itself says it.
    if (!answer.ok || !news) return location.reload();
    told.replaceChildren(...news.childNodes);
    document.addEventListener("live:asked", () => {
      const here = document.getElementById(row.id) || (next && document.getElementById(next.id));
      if (here && document.activeElement === document.body) linkOf(here).focus({ preventScroll: true });
    }, { once: true });
    document.dispatchEvent(new CustomEvent("live:ask"));
  }

  // --- Keys

  const press = (id) => {
    const button = document.getElementById(id);
    if (button) button.click();
    return Boolean(button);
  };

  function onList(key) {
    const row = current();
    if (key === "j") go(1);
    else if (key === "k") go(-1);
    else if (key === "x") row && row.querySelector("input[name=r]").click();
    else if (key === "a") act(row, "handling:acknowledged");
    else if (VERDICTS[key - 1]) act(row, `verdict:${VERDICTS[key - 1]}`);
    else return false;
    return true;
  }

  function onReport(key) {
    if (key === "a") return press("act-acknowledged");
    return Boolean(VERDICTS[key - 1]) && press(`act-${VERDICTS[key - 1]}`);
  }

  return (event) => {
    if (off || event.defaultPrevented || event.repeat && !"jk".includes(event.key)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("textarea, select, [contenteditable], dialog[open], audio")) return;
    if (event.target.closest("input:not([type=checkbox]):not([type=radio])")) return;
    const search = document.getElementById("q");
    let done = true;
    if (event.key === "?") help.showModal();
    else if (event.key === "/" && search) search.select();
    else done = list ? onList(event.key) : onReport(event.key);
    if (done) event.preventDefault();
  };
}
