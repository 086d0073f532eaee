// A telephone for rehearsals: performs what the line answers, step by step, and brings back keys and
// voice. Which steps there are says dashboard/phone.py.
"use strict";

(() => {
  const phone = document.getElementById("phone");
  if (!phone) return;
  const the = (id) => document.getElementById(id);
  const [state, captions, keypad, saying, typed] = ["state", "captions", "keypad", "saying", "typed"].map(the);
  const [callButton, hangUp, microphone] = ["call", "hang-up", "microphone"].map(the);
  const settings = the("settings");
  const token = settings.elements.csrf_token.value;
  const RATE = 8000; // samples a second, as telephones have them
  const QUIET = 0.012; // below this share of full loudness nobody speaks
  const READING = 28; // milliseconds a character of words that nobody says aloud
  const SHORTEST = 900;
  const LONGEST = 6000;
  let call = null; // { id, ended, hears, voice }

  class HungUp extends Error {}

  // --- What is seen

  const say = (name) => { state.textContent = phone.dataset[name]; };

  function caption(words, language) {
    for (const before of captions.querySelectorAll(".now")) before.classList.remove("now");
    const line = document.createElement("p");
    line.textContent = words;
    line.className = "now";
    line.dir = "auto";
    if (language) line.lang = language;
    captions.append(line);
    captions.scrollTop = captions.scrollHeight;
  }

  function show(live) {
    phone.classList.toggle("calling", live);
    callButton.hidden = live;
    hangUp.hidden = !live;
    for (const control of settings.elements) control.disabled = live && control.type !== "hidden";
    for (const key of keypad.children) key.disabled = !live;
    if (!live) saying.hidden = true;
  }

  // --- Waiting, which hanging up ends; and pressing a key, where the line listens while it speaks

  function until(begin, signal = call.ended.signal) {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new HungUp());
      let tidy = () => {};
      const done = (value) => { signal.removeEventListener("abort", stop); tidy(); resolve(value); };
      const stop = () => { tidy(); reject(new HungUp()); };
      signal.addEventListener("abort", stop, { once: true });
      tidy = begin(done) || tidy;
    });
  }

  const pause = (milliseconds, signal) => until((done) => {
    const timer = setTimeout(done, milliseconds);
    return () => clearTimeout(timer);
  }, signal);

  // --- Asking the line

  async function ask(address, fields) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      if (value instanceof Blob) form.append(name, value, "spoken.wav");
      else if (value !== undefined) form.append(name, value);
    }
    const answer = await fetch(address, { method: "POST", body: form, headers: { "X-CSRFToken": token } });
    if (!answer.ok || !(answer.headers.get("Content-Type") || "").startsWith("application/json")) {
      throw new Error(answer.statusText);
    }
    return answer.json();
  }

  async function goOn(to, fields = {}) {
    const { steps } = await ask(phone.dataset.step, { to, ...fields });
    return steps;
  }

  // --- The steps

  function voiceFor(language) {
    if (!the("aloud").checked || !window.speechSynthesis) return null;
    const wanted = language.toLowerCase();
    const voices = speechSynthesis.getVoices();
    const same = (voice) => voice.lang.toLowerCase().replace("_", "-");
    return voices.find((voice) => same(voice) === wanted)
      || voices.find((voice) => same(voice).split("-")[0] === wanted.split("-")[0]) || null;
  }

  function utter(step, signal) {
    caption(step.words, step.language);
    const length = step.words.length;
    const voice = voiceFor(step.language);
    if (!voice) return pause(Math.min(Math.max(length * READING, SHORTEST), LONGEST), signal);
    return until((done) => {
      const said = new SpeechSynthesisUtterance(step.words);
      said.voice = voice;
      said.lang = voice.lang;
      said.onend = said.onerror = () => done();
      // Some browsers never say that they are done.
      const timer = setTimeout(done, 3000 + length * 120);
      speechSynthesis.speak(said);
      return () => { clearTimeout(timer); speechSynthesis.cancel(); };
    }, signal);
  }

  function play(step, signal) {
    const own = step.address.startsWith("/voice/playback/");
    caption(step.words || (own ? phone.dataset.played : phone.dataset.sound), step.language);
    return until((done) => {
      const sound = new Audio(step.address);
      sound.onended = sound.onerror = () => done();
      sound.play().catch(() => done());
      return () => sound.pause();
    }, signal);
  }

  function prompt(step, signal) {
    say("listens");
    if (step.do === "say") return utter(step, signal);
    if (step.do === "play") return play(step, signal);
    return pause(step.seconds * 1000, signal);
  }

  // What is pressed while the line speaks stops it, as on a telephone.
  async function keys(step) {
    const mine = call;
    const interrupted = new AbortController();
    const stop = () => interrupted.abort();
    mine.ended.signal.addEventListener("abort", stop, { once: true });
    let digits = "";
    let full = false;
    let wake = () => {};
    mine.hears = (key) => {
      if (step.finish.includes(key)) full = true;
      else digits += key;
      if (step.digits && digits.length >= step.digits) full = true;
      stop();
      wake();
    };
    try {
      for (const each of step.prompts) {
        if (interrupted.signal.aborted) break;
        await prompt(each, interrupted.signal).catch((error) => {
          if (!(error instanceof HungUp)) throw error;
        });
      }
      while (!full) {
        const before = digits;
        say("waits");
        await until((done) => {
          const timer = setTimeout(done, step.seconds * 1000);
          wake = done;
          return () => clearTimeout(timer);
        });
        if (digits === before) break;
      }
      if (mine.ended.signal.aborted) throw new HungUp();
    } finally {
      mine.hears = null;
    }
    return digits;
  }

  // --- Recording

  async function listen() {
    if (!microphone.checked) return null;
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      caption(phone.dataset.denied);
      return null;
    }
  }

  function beep() {
    const context = call.sound;
    const tone = context.createOscillator();
    const quiet = context.createGain();
    tone.frequency.value = 1000;
    quiet.gain.value = 0.1;
    tone.connect(quiet).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + 0.25);
    return pause(300);
  }

  async function record(step) {
    if (step.beep) await beep();
    const stream = call.voice;
    const parts = [];
    const recorder = stream ? new MediaRecorder(stream) : null;
    if (recorder) {
      recorder.ondataavailable = ({ data }) => parts.push(data);
      recorder.start(250);
    }
    const began = performance.now();
    let heard = false;
    saying.hidden = false;
    typed.value = "";
    say(stream ? "records" : "types");
    if (!stream) typed.focus();
    const mine = call;
    let how;
    try {
      how = await until((done) => {
        mine.hears = (key) => { if (step.finish.includes(key)) done({ digits: key }); };
        mine.tells = (words) => done({ typed: words });
        mine.plays = (sound) => done({ sound });
        mine.breaksOff = () => done({ ended: "1" });
        const level = stream ? meter(stream) : null;
        let last = performance.now();
        const watch = setInterval(() => {
          const now = performance.now();
          if (level && level() > QUIET) { heard = true; last = now; }
          // Who types is given the time that it takes.
          const quiet = level && !typed.value && now - last > step.silence * 1000;
          if (quiet || (level && now - began > step.seconds * 1000)) done({});
        }, 100);
        return () => { clearInterval(watch); };
      });
    } finally {
      Object.assign(mine, { hears: null, tells: null, plays: null, breaksOff: null });
      saying.hidden = true;
      if (recorder) await stopped(recorder);
    }
    say("sends");
    if (how.typed || how.sound) return how;
    if (!heard || !parts.length) return how.ended ? { ended: "1", nothing: true } : null;
    return { ...how, sound: await telephoneQuality(new Blob(parts, { type: recorder.mimeType })) };
  }

  function stopped(recorder) {
    if (recorder.state === "inactive") return null;
    return new Promise((resolve) => { recorder.onstop = resolve; recorder.stop(); });
  }

  function meter(stream) {
    const analyser = call.sound.createAnalyser();
    call.sound.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    return () => {
      analyser.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
    };
  }

  // One channel, 8,000 samples of 16 bits a second, in a WAV file.
  async function telephoneQuality(file) {
    const decoded = await call.sound.decodeAudioData(await file.arrayBuffer());
    const offline = new OfflineAudioContext(1, Math.max(Math.ceil(decoded.duration * RATE), 1), RATE);
    const source = offline.createBufferSource();
    source.buffer = decoded;
    source.connect(offline.destination);
    source.start();
    const samples = (await offline.startRendering()).getChannelData(0);
    const wave = new DataView(new ArrayBuffer(44 + samples.length * 2));
    const text = (at, words) => [...words].forEach((letter, place) => wave.setUint8(at + place, letter.charCodeAt(0)));
    text(0, "RIFF"); wave.setUint32(4, 36 + samples.length * 2, true); text(8, "WAVEfmt ");
    wave.setUint32(16, 16, true); wave.setUint16(20, 1, true); wave.setUint16(22, 1, true);
    wave.setUint32(24, RATE, true); wave.setUint32(28, RATE * 2, true);
    wave.setUint16(32, 2, true); wave.setUint16(34, 16, true);
    text(36, "data"); wave.setUint32(40, samples.length * 2, true);
    samples.forEach((each, place) => {
      wave.setInt16(44 + place * 2, Math.max(-1, Math.min(1, each)) * 32767, true);
    });
    return new Blob([wave.buffer], { type: "audio/wav" });
  }

  // --- The call

  async function perform(steps) {
    for (const step of steps) {
      if (step.do === "keys") {
        const digits = await keys(step);
        if (digits || step.empty) return goOn(step.to, { digits });
      } else if (step.do === "record") {
        const made = await record(step);
        if (made && !made.nothing) {
          const steps = await goOn(step.to, made);
          return made.ended ? null : steps; // who hung up hears nothing more
        }
        if (made) return null;
      } else if (step.do === "go") {
        return goOn(step.to);
      } else if (step.do === "end") {
        return null;
      } else {
        await prompt(step);
      }
    }
    return null;
  }

  async function begin() {
    if (call) return;
    const form = Object.fromEntries(new FormData(settings));
    captions.replaceChildren();
    the("came").hidden = true;
    call = { ended: new AbortController(), sound: new AudioContext() };
    const mine = call;
    show(true);
    say("calling");
    hangUp.focus();
    phone.scrollIntoView({ block: "start" });
    let how = "overNow";
    try {
      mine.voice = await listen();
      const answer = await ask(phone.dataset.calls, form);
      mine.id = answer.call;
      let steps = answer.steps;
      while (steps && !mine.ended.signal.aborted) steps = await perform(steps);
    } catch (error) {
      if (!(error instanceof HungUp)) how = "lost";
    }
    await end(mine, how);
  }

  async function end(mine, how) {
    for (const track of mine.voice ? mine.voice.getTracks() : []) track.stop();
    mine.sound.close();
    let came = null;
    try {
      if (mine.id) came = await ask(phone.dataset.over, { call: mine.id });
    } catch {
      how = "lost";
    }
    call = null;
    show(false);
    say(how);
    listAnew();
    if (came && came.reference) {
      const link = the("came-of-it");
      link.href = came.address;
      link.textContent = `${phone.dataset.mark} · ${came.reference}`;
      the("came").hidden = false;
      link.focus();
    } else {
      callButton.focus();
    }
  }

  // What was just rehearsed stands in the list below, too.
  async function listAnew() {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const made = page.getElementById("made");
    if (made) the("made").replaceWith(document.adoptNode(made));
  }

  function press(key) {
    const button = [...keypad.children].find((each) => each.dataset.key === key);
    button.classList.add("pressed");
    setTimeout(() => button.classList.remove("pressed"), 150);
    if (call && call.hears) call.hears(key);
  }

  callButton.addEventListener("click", begin);
  hangUp.addEventListener("click", () => {
    if (!call) return;
    // What was said before they hung up is kept.
    if (call.breaksOff) call.breaksOff();
    else call.ended.abort();
  });
  keypad.addEventListener("click", ({ target }) => {
    const key = target.closest("[data-key]");
    if (key) press(key.dataset.key);
  });
  saying.addEventListener("submit", (submit) => {
    submit.preventDefault();
    const words = typed.value.trim();
    if (call && call.tells && words) call.tells(words);
  });
  the("sound").addEventListener("change", async ({ target }) => {
    const file = target.files[0];
    target.value = "";
    if (!file || !call || !call.plays) return;
    try {
      const sound = await telephoneQuality(file);
      if (call && call.plays) call.plays(sound);
    } catch {
      caption(phone.dataset.unheard);
    }
  });
  document.addEventListener("keydown", (event) => {
    const writes = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (!call || writes || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[0-9*#]$/.test(event.key)) { event.preventDefault(); press(event.key); }
  });
  window.addEventListener("pagehide", () => {
    if (!call || !call.id) return;
    const form = new FormData();
    form.append("csrf_token", token);
    form.append("call", call.id);
    navigator.sendBeacon(phone.dataset.over, form);
  });

  // Browsers know their voices only some time after they were first asked.
  if (window.speechSynthesis) speechSynthesis.getVoices();
  show(false);
})();
