// The players of a report's recordings, and the words and fields that play their seconds.
//
// A sound is loaded when somebody plays it and not before: each that is given stands in the custody
// log. What the page shows of it until then, its shape, holds no word. Elements may come and go while
// a sound plays (live.js): all is looked up by ids and attributes. All words come from the page.
// Without script the browser's own player stands there, and links open their seconds by themselves.
"use strict";

(() => {
  const LEAD = 1; // seconds that are heard before what a field was taken from
  const STEP = 2; // seconds of an arrow key
  const LEAP = 10; // of Page Up and Page Down
  const BACK = 5;
  const SHORTEST_LOOP = 0.5;
  const LEAST_SKIP = 0.3;

  const decks = new Map();
  const bar = document.getElementById("playing");
  const live = document.querySelector("[data-live]");
  let current = null; // the deck that was played last
  let frame = 0;

  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  const audioOf = (deck) => document.getElementById(`player-${deck.sid}`);

  // --- What the browser remembers

  function remembered(name, otherwise) {
    try {
      return localStorage.getItem(name) ?? otherwise;
    } catch {
      return otherwise; // it is not allowed to remember anything
    }
  }

  function remember(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch {
      // It holds for this page.
    }
  }

  let speed = remembered("speed", "1");
  let skipsSilence = remembered("skip-silence", "no") === "yes";

  // --- Decks

  function takeOver() {
    for (const element of document.querySelectorAll("[data-deck]")) {
      const sid = element.dataset.deck;
      const audio = document.getElementById(`player-${sid}`);
      if (!audio || decks.get(sid)?.element === element) continue;
      const deck = { sid, element, silences: [], loop: null, stop: null, named: null, words: null, wanted: null };
      decks.set(sid, deck);
      element.hidden = false;
      audio.controls = false;
      showSpeed(deck);
      showSilence(deck);
      showPlace(deck);
      draw(deck);
    }
    for (const deck of decks.values()) {
      if (!deck.element.isConnected) {
        decks.delete(deck.sid);
        if (current === deck) [current, bar.hidden] = [null, true];
        continue;
      }
      deck.words = null;
      lightNamed(deck);
      lightSpoken(deck);
      showState(deck);
    }
    for (const help of document.querySelectorAll("[data-helps][hidden]")) help.hidden = false;
  }

  const secondsOf = (deck) => {
    const { duration } = audioOf(deck);
    return Number.isFinite(duration) && duration > 0 ? duration : Number(deck.element.dataset.seconds);
  };

  async function draw(deck) {
    let shape;
    try {
      const answer = await fetch(deck.element.dataset.waveform, { cache: "no-store", redirect: "error" });
      if (!answer.ok) return;
      shape = await answer.json();
    } catch {
      return; // It plays without it.
    }
    if (!shape.levels.length) return;
    deck.silences = shape.silences;
    if (!Number(deck.element.dataset.seconds)) deck.element.dataset.seconds = shape.seconds;
    const svg = deck.element.querySelector("svg");
    svg.setAttribute("viewBox", `0 0 ${shape.levels.length} 100`);
    const bars = shape.levels
      .map((level, at) => {
        const height = Math.max(3, level * 0.94);
        return `M${at + 0.15} ${50 - height / 2}h.7v${height}h-.7z`;
      })
      .join("");
    for (const path of svg.querySelectorAll("path")) path.setAttribute("d", bars);
    deck.element.classList.add("drawn");
    showPlace(deck);
    showLoop(deck);
  }

  function showPlace(deck) {
    const at = placeOf(deck);
    const all = secondsOf(deck);
    const seek = deck.element.querySelector(".seek");
    if (all && Number(seek.max) !== all) seek.max = all;
    if (document.activeElement !== seek || Math.abs(Number(seek.value) - at) > 0.05) seek.value = at;
    const said = seek.dataset.says.replace("{at}", clock(at)).replace("{all}", clock(all));
    if (seek.getAttribute("aria-valuetext") !== said) seek.setAttribute("aria-valuetext", said);
    setText(deck.element.querySelector(".now"), clock(at));
    setText(deck.element.querySelector(".all"), clock(all));
    deck.element.querySelector("svg").style.setProperty("--played", `${all ? (100 * at) / all : 0}%`);
    if (deck === current) setText(bar.querySelector(".now"), clock(at));
  }

  function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function showState(deck) {
    const plays = !audioOf(deck).paused;
    const beside = document.querySelectorAll(`.toggle[data-of="${CSS.escape(deck.sid)}"]`);
    const buttons = [deck.element.querySelector(".toggle"), ...beside];
    if (deck === current) buttons.push(document.getElementById("playing-toggle"));
    for (const button of buttons) {
      setText(button, plays ? button.dataset.whenPlaying : button.dataset.whenPaused);
      button.classList.toggle("pauses", plays);
    }
    for (const link of document.querySelectorAll("a[data-play].plays")) link.classList.remove("plays");
    if (plays && deck.stop) for (const link of linksOf(deck)) link.classList.add("plays");
  }

  const linksOf = (deck) =>
    [...document.querySelectorAll(`a[data-play="${CSS.escape(deck.sid)}"][data-until]`)].filter(
      (link) => Number(link.dataset.from) === deck.named?.from && Number(link.dataset.until) === deck.named?.until,
    );

  function showSpeed(deck) {
    deck.element.querySelector(".speed").value = speed;
    audioOf(deck).defaultPlaybackRate = audioOf(deck).playbackRate = Number(speed);
  }

  function showSilence(deck) {
    deck.element.querySelector("[data-do=silence]").setAttribute("aria-pressed", String(skipsSilence));
  }

  function showLoop(deck) {
    const { loop, element } = deck;
    const all = secondsOf(deck);
    const whole = loop && loop.until !== null;
    const button = element.querySelector("[data-do=loop]");
    const byHand = loop && !loop.isLine;
    setText(button, !byHand ? button.dataset.begin : whole ? button.dataset.off : button.dataset.end);
    button.setAttribute("aria-pressed", String(Boolean(byHand && whole)));
    element.querySelector("[data-do=line]").setAttribute("aria-pressed", String(Boolean(loop?.isLine)));
    const said = element.querySelector(".loop-said");
    const text = !loop ? "" : (whole ? said.dataset.both : said.dataset.from)
      .replace("{from}", clock(loop.from)).replace("{until}", clock(loop.until ?? 0));
    setText(said, text);
    const shade = element.querySelector("rect.looped");
    const wide = element.querySelector("svg").viewBox.baseVal.width;
    shade.setAttribute("x", loop && all ? (wide * loop.from) / all : 0);
    shade.setAttribute("width", whole && all ? (wide * (loop.until - loop.from)) / all : loop && all ? wide / 200 : 0);
  }

  // --- Playing

  // Nothing is loaded by it. Some browsers forget a place in what is not loaded yet.
  function goTo(deck, seconds) {
    const audio = audioOf(deck);
    audio.currentTime = seconds;
    if (audio.readyState === HTMLMediaElement.HAVE_NOTHING) deck.wanted = seconds;
  }

  const placeOf = (deck) => deck.wanted ?? audioOf(deck).currentTime;

  function play(deck) {
    const audio = audioOf(deck);
    if (audio.ended) goTo(deck, deck.loop?.from ?? 0);
    audio.play().catch(() => {}); // why not, 'error' says
  }

  function playFrom(deck, seconds) {
    forget(deck);
    leaveLoop(deck, seconds);
    goTo(deck, seconds);
    play(deck);
  }

  function playPassage(deck, from, until) {
    const audio = audioOf(deck);
    const again = deck.stop && deck.named?.from === from && deck.named?.until === until;
    if (again && !audio.paused) return audio.pause();
    for (const other of decks.values()) if (other !== deck) forget(other);
    deck.named = { from, until };
    deck.stop = until;
    setLoop(deck, null);
    lightNamed(deck);
    goTo(deck, Math.max(0, from - LEAD));
    play(deck);
    showState(deck);
  }

  // No passage any more: what plays goes on.
  function forget(deck) {
    deck.stop = null;
    deck.named = null;
    lightNamed(deck);
    showState(deck);
  }

  function seek(deck, seconds) {
    const at = Math.min(Math.max(0, seconds), secondsOf(deck) || 0);
    deck.stop = null;
    leaveLoop(deck, at);
    goTo(deck, at);
    showPlace(deck);
    lightSpoken(deck);
    showState(deck);
  }

  function setLoop(deck, loop) {
    deck.loop = loop;
    showLoop(deck);
  }

  // Whoever goes elsewhere has heard it often enough.
  function leaveLoop(deck, seconds) {
    const { loop } = deck;
    if (loop && loop.until !== null && (seconds < loop.from || seconds > loop.until)) setLoop(deck, null);
  }

  function pressLoop(deck) {
    const at = placeOf(deck);
    const { loop } = deck;
    if (!loop || loop.isLine) return setLoop(deck, { from: at, until: null, isLine: false });
    if (loop.until !== null) return setLoop(deck, null);
    const [from, until] = [Math.min(loop.from, at), Math.max(loop.from, at)];
    repeat(deck, from, Math.max(until, from + SHORTEST_LOOP), false);
  }

  // The line that plays, or was touched last.
  function pressLine(deck) {
    if (deck.loop?.isLine) return setLoop(deck, null);
    const at = placeOf(deck);
    const lines = [...document.querySelectorAll(`#text-${CSS.escape(deck.sid)} > .transcript > li`)];
    const line = lines.findLast((each) => Number(each.dataset.from) <= at + 0.05) ?? lines[0];
    if (line) repeat(deck, Number(line.dataset.from), Number(line.dataset.until), true);
  }

  function repeat(deck, from, until, isLine) {
    deck.stop = null;
    setLoop(deck, { from, until, isLine });
    const at = placeOf(deck);
    if (!isLine || at < from || at > until) goTo(deck, from);
    play(deck);
  }

  // What has to be done at this moment of a sound that plays.
  function keepTime(deck) {
    const audio = audioOf(deck);
    const at = placeOf(deck);
    const { loop, stop } = deck;
    if (!audio.paused) {
      if (stop !== null && at >= stop) {
        deck.stop = null;
        audio.pause();
      } else if (loop && loop.until !== null && at >= loop.until) {
        goTo(deck, loop.from);
      } else if (skipsSilence && !loop && stop === null && !audio.seeking) {
        const silence = deck.silences.find(([from, until]) => at >= from && at < until);
        const next = silence ? nextWord(deck, at, silence[1]) : at;
        if (next - at > LEAST_SKIP) goTo(deck, next);
      }
    }
    showPlace(deck);
    lightSpoken(deck);
  }

  // However quiet: where words were heard it is no silence.
  function nextWord(deck, at, until) {
    const within = wordsOf(deck).filter((word) => word.believed && word.until > at && word.from < until);
    return within.length ? Math.min(...within.map((word) => word.from)) : until;
  }

  function run() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(function each() {
      if (!current || audioOf(current).paused) return;
      keepTime(current);
      frame = requestAnimationFrame(each);
    });
  }

  // --- Words

  function wordsOf(deck) {
    deck.words ??= [...document.querySelectorAll(`#text-${CSS.escape(deck.sid)} [data-from].w`)].map((element) => ({
      element,
      from: Number(element.dataset.from),
      until: Number(element.dataset.until),
      believed: !element.closest("s, .beside, details"),
    }));
    return deck.words;
  }

  function lightSpoken(deck) {
    const audio = audioOf(deck);
    const at = placeOf(deck);
    const begun = !audio.paused || at > 0;
    for (const word of wordsOf(deck)) {
      word.element.classList.toggle("spoken", begun && at >= word.from && at < word.until);
    }
  }

  function lightNamed(deck) {
    const { named } = deck;
    for (const word of wordsOf(deck)) {
      const middle = (word.from + word.until) / 2;
      word.element.classList.toggle("meant", Boolean(named) && middle >= named.from && middle <= named.until);
    }
  }

  // By keyboard: on a line's link the arrow keys go from word to word, Enter plays from there.
  function chooseWord(link, key) {
    const words = [...link.parentElement.querySelectorAll(".w")];
    const forward = getComputedStyle(words[0] ?? link).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const at = words.findIndex((word) => word.classList.contains("chosen"));
    const to = { Home: 0, End: words.length - 1 }[key] ?? Math.min(words.length - 1, at + (key === forward ? 1 : -1));
    for (const word of words) word.classList.remove("chosen");
    if (!words[to]) return;
    words[to].classList.add("chosen");
    const announcer = document.getElementById("announcer");
    if (announcer) announcer.textContent = words[to].textContent;
  }

  // --- What people press

  const deckOf = (sid) => decks.get(sid);

  const DOES = {
    toggle: (deck) => (audioOf(deck).paused ? play(deck) : audioOf(deck).pause()),
    back: (deck) => seek(deck, placeOf(deck) - BACK),
    silence() {
      skipsSilence = !skipsSilence;
      remember("skip-silence", skipsSilence ? "yes" : "no");
      for (const each of decks.values()) showSilence(each);
    },
    line: pressLine,
    loop: pressLoop,
  };

  document.addEventListener("click", (click) => {
    const { target } = click;
    const button = target.closest("[data-do]");
    if (button) {
      const deck = deckOf(button.dataset.of ?? button.closest(".deck").dataset.deck);
      if (deck) DOES[button.dataset.do](deck);
      return;
    }
    if (target.closest("#playing-toggle")) return current && DOES.toggle(current);
    const link = target.closest("a[data-play]");
    const deck = link && deckOf(link.dataset.play);
    if (deck) {
      click.preventDefault();
      const chosen = link.parentElement.querySelector(".w.chosen");
      if (link.dataset.until) playPassage(deck, Number(link.dataset.from), Number(link.dataset.until));
      else playFrom(deck, Number((chosen ?? link).dataset.from));
      return;
    }
    const word = target.closest(".w[data-from]");
    // Whoever marks words to copy them wants no sound.
    if (word && getSelection().isCollapsed) {
      const spoken = deckOf(word.closest("[data-words-of]")?.dataset.wordsOf);
      if (spoken) playFrom(spoken, Number(word.dataset.from));
    }
  });

  document.addEventListener("input", ({ target }) => {
    if (target.matches(".deck .seek")) seek(deckOf(target.closest(".deck").dataset.deck), Number(target.value));
  });

  document.addEventListener("change", ({ target }) => {
    if (!target.matches(".deck .speed")) return;
    speed = target.value;
    remember("speed", speed);
    for (const deck of decks.values()) showSpeed(deck);
  });

  const STEPS = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, PageDown: -LEAP, PageUp: LEAP };

  document.addEventListener("keydown", (press) => {
    const { target, key } = press;
    if (press.altKey || press.ctrlKey || press.metaKey) return;
    if (target.matches(".deck .seek")) {
      const deck = deckOf(target.closest(".deck").dataset.deck);
      if (key === " ") DOES.toggle(deck);
      else if (key in STEPS) seek(deck, placeOf(deck) + STEPS[key]);
      else return;
      press.preventDefault();
    } else if (target.matches(".transcript a.at") && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) {
      chooseWord(target, key);
      press.preventDefault();
    }
  });

  document.addEventListener("focusout", ({ target }) => {
    if (!target.matches(".transcript a.at")) return;
    for (const word of target.parentElement.querySelectorAll(".chosen")) word.classList.remove("chosen");
  });

  // --- Putting words right: where one listens, the words are written.

  document.addEventListener("keydown", (press) => {
    const form = press.target.closest("textarea") && press.target.closest("form.correcting");
    if (!form || !press.ctrlKey) return;
    const deck = deckOf(form.dataset.of);
    if (press.key === "Enter") form.requestSubmit();
    else if (press.key === " " && deck) DOES.toggle(deck);
    else return;
    press.preventDefault();
  });

  // Whoever opens the form stands at once in the line that was heard last. Not at 'toggle': what the
  // page brings up to date is opened again too, and nobody who reads elsewhere is to be taken there.
  function standInLine(form) {
    const deck = deckOf(form.dataset.of);
    if (!deck) return;
    const text = form.querySelector("textarea");
    const at = placeOf(deck);
    const lines = [...document.querySelectorAll(`#text-${CSS.escape(deck.sid)} > .transcript > li:not(.struck)`)];
    const before = lines.filter((line) => Number(line.dataset.from) <= at + 0.05).length - 1;
    const written = text.value.split("\n");
    const start = written.slice(0, Math.max(0, before)).reduce((sum, line) => sum + line.length + 1, 0);
    text.focus({ preventScroll: true });
    text.setSelectionRange(start, start);
    form.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", ({ target }) => {
    const fold = target.closest("summary")?.parentElement;
    const form = fold?.querySelector("form.correcting");
    if (form && !fold.open) setTimeout(() => standInLine(form));
  });

  // --- What sounds do. Media events do not bubble, but can be caught on the way down.

  const heard = (name, does) =>
    document.addEventListener(name, ({ target }) => {
      if (!(target instanceof HTMLMediaElement)) return;
      does(deckOf(target.id.replace(/^player-/, "")), target);
    }, true);

  heard("play", (deck, audio) => {
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
    if (!deck) return;
    const before = current;
    current = deck;
    if (before && before !== deck) showState(before);
    setText(bar.querySelector(".title"), deck.element.dataset.title);
    bar.querySelector("a").href = `#tape-${deck.sid}`;
    showState(deck);
    watch(deck);
    run();
  });
  heard("pause", (deck) => deck && (showState(deck), keepTime(deck)));
  for (const name of ["timeupdate", "seeked"]) heard(name, (deck) => deck && keepTime(deck));
  heard("loadedmetadata", (deck, audio) => {
    if (!deck) return;
    if (deck.wanted !== null && Math.abs(audio.currentTime - deck.wanted) > 0.1) audio.currentTime = deck.wanted;
    deck.wanted = null;
    keepTime(deck);
  });
  heard("ended", (deck, audio) => {
    if (!deck) return;
    deck.stop = null;
    if (deck.loop && deck.loop.until !== null) {
      goTo(deck, deck.loop.from);
      play(deck);
    }
    showState(deck);
  });

  document.addEventListener("error", ({ target }) => {
    const words = target.id && document.querySelector(`[data-broken="${CSS.escape(target.id)}"]`);
    if (words) words.hidden = false;
  }, true);

  // --- The bar, while what plays is not on the screen

  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (current && target === current.element) bar.hidden = isIntersecting;
    }
  });

  function watch(deck) {
    seen.disconnect();
    seen.observe(deck.element);
  }

  // Not when it was a clock that changed.
  new MutationObserver((changes) => {
    if (changes.some(({ target }) => !target.closest(".deck, .ago, .waited"))) takeOver();
  }).observe(live, { childList: true, subtree: true });
  takeOver();
})();
