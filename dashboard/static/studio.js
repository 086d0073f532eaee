// Records prompts with the browser's microphone, and does what the forms do without losing the place
// on the page. Without it the forms work by themselves.
"use strict";

(() => {
  const announcer = document.getElementById("announcer");
  const EXTRA = 20; // seconds beyond the limit: silence around the words is cut off afterwards
  let taking = null; // { article, recorder, stream, timer }

  const articleOf = (element) => element.closest("article.prompt");
  const said = (article, what) => article.querySelector(`[data-said="${what}"]`);
  const lost = document.querySelector('main > [data-said="lost"]');

  // --- The microphone

  const able = Boolean(navigator.mediaDevices && window.MediaRecorder);
  document.querySelector('main > [data-said="insecure"]').hidden = able;

  function ready(root) {
    for (const button of root.querySelectorAll("[data-record]")) button.hidden = !able;
  }

  async function record(article) {
    if (taking) return;
    for (const what of ["denied", "no-microphone"]) said(article, what).hidden = true;
    for (const player of document.querySelectorAll("audio")) player.pause();
    taking = { article };
    let stream;
    try {
      // What cleans a conversation up may swallow ends of words: the server judges and levels.
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: true },
      });
    } catch (refusal) {
      taking = null;
      const none = refusal.name === "NotFoundError" || refusal.name === "NotReadableError";
      said(article, none ? "no-microphone" : "denied").hidden = false;
      return;
    }
    const parts = [];
    const recorder = new MediaRecorder(stream, { audioBitsPerSecond: 96000 });
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      clearInterval(taking.timer);
      taking = null;
      show(article, false);
      announcer.textContent = announcer.dataset.sending;
      const form = article.querySelector("form.upload");
      const form_data = new FormData(form);
      form_data.set("source", "microphone");
      form_data.set("sound", new Blob(parts, { type: recorder.mimeType }), "recorded");
      send(form.action, form_data, article);
    });
    const began = performance.now();
    const most = Number(article.dataset.longest) + EXTRA;
    const elapsed = article.querySelector("[data-elapsed]");
    taking.recorder = recorder;
    taking.timer = setInterval(() => {
      const seconds = Math.floor((performance.now() - began) / 1000);
      elapsed.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds >= most) stop();
    }, 200);
    elapsed.textContent = "0:00";
    recorder.start();
    show(article, true);
    announcer.textContent = announcer.dataset.recording;
    article.querySelector("[data-stop]").focus();
  }

  function show(article, live) {
    said(article, "live").hidden = !live;
    for (const button of document.querySelectorAll("[data-record]")) button.disabled = live;
  }

  function stop() {
    if (taking && taking.recorder && taking.recorder.state !== "inactive") taking.recorder.stop();
  }

  // --- What forms do, in place

  async function send(address, form_data, article) {
    article.setAttribute("aria-busy", "true");
    lost.hidden = true;
    try {
      const answer = await fetch(address, { method: "POST", body: form_data });
      const type = answer.headers.get("Content-Type") || "";
      if (answer.redirected && new URL(answer.url).pathname !== location.pathname) return location.reload();
      if (!answer.ok || !type.startsWith("text/html")) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      replace(page, "progress");
      const renewed = replace(page, article.id);
      ready(renewed);
      renewed.querySelector("h2").focus({ preventScroll: true });
      renewed.scrollIntoView({ block: "nearest" });
      announcer.textContent = "";
      tell(renewed);
    } catch {
      lost.hidden = false;
      lost.scrollIntoView({ block: "nearest" });
    } finally {
      article.removeAttribute("aria-busy");
    }
  }

  function replace(page, id) {
    const renewed = document.adoptNode(page.getElementById(id));
    document.getElementById(id).replaceWith(renewed);
    return renewed;
  }

  // A region that comes with its words in it is read by few screen readers.
  function tell(article) {
    const words = article.querySelector('[role="status"] p, [role="alert"]:not([hidden]), .draft p');
    if (words) announcer.textContent = words.textContent;
  }

  document.addEventListener("click", (click) => {
    const button = click.target.closest("button");
    if (!button) return;
    if (button.matches("[data-record]")) record(articleOf(button));
    else if (button.matches("[data-stop]")) stop();
  });

  document.addEventListener("submit", (submit) => {
    const article = articleOf(submit.target);
    if (!article) return;
    submit.preventDefault();
    send(submit.target.action, new FormData(submit.target, submit.submitter), article);
  });

  // Two voices at once are no use.
  document.addEventListener("play", ({ target }) => {
    for (const other of document.querySelectorAll("audio")) if (other !== target) other.pause();
  }, true);

  window.addEventListener("beforeunload", (leaving) => {
    if (taking) leaving.preventDefault();
  });

  ready(document);
})();
