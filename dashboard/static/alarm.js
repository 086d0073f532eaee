// Makes a short sound when something urgent comes into an open list, once somebody has asked for it in this browser.
// The sound is made here: two tones, no file.
"use strict";

(() => {
  const button = document.getElementById("sound");
  if (!button || !window.AudioContext) return;

  const ON = "sound-on";
  const TONES = [660, 880];
  let context = null;
  let on = false;

  function kept() {
    try { return localStorage.getItem(ON) === "1"; } catch { return false; }
  }

  function keep() {
    try { localStorage.setItem(ON, on ? "1" : "0"); } catch { /* it is asked for again after a reload */ }
  }

  function play() {
    context = context || new AudioContext();
    context.resume();
    TONES.forEach((hertz, place) => {
      const begin = context.currentTime + 0.05 + place * 0.22;
      const tone = new OscillatorNode(context, { frequency: hertz });
      const volume = new GainNode(context, { gain: 0 });
      volume.gain.setValueAtTime(0, begin);
      volume.gain.linearRampToValueAtTime(0.35, begin + 0.02);
      volume.gain.linearRampToValueAtTime(0, begin + 0.2);
      tone.connect(volume).connect(context.destination);
      tone.start(begin);
      tone.stop(begin + 0.22);
    });
  }

  function show() {
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? button.dataset.on : button.dataset.off;
  }

  on = kept();
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    on = !on;
    keep();
    show();
    // So that everybody hears what it sounds like, and how loud it is.
    if (on) play();
  });

  // After a reload browsers stay silent until something is pressed.
  function wake() {
    if (!on) return;
    context = context || new AudioContext();
    context.resume();
  }
  for (const sign of ["pointerdown", "keydown"]) window.addEventListener(sign, wake, { once: true, passive: true });

  document.addEventListener("live:new", ({ detail }) => {
    if (on && detail.some((row) => row.querySelector(".p1, .p2"))) play();
  });
})();
