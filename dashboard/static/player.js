// Plays the seconds of a recording that a link names. Without script the link opens them by itself.
"use strict";

(() => {
  let stopAt = null;

  document.addEventListener("click", (click) => {
    const link = click.target.closest("[data-play]");
    if (!link) return;
    const player = document.getElementById(`player-${link.dataset.play}`);
    if (!player) return;
    click.preventDefault();
    for (const other of document.querySelectorAll("audio")) if (other !== player) other.pause();
    player.currentTime = Number(link.dataset.from);
    stopAt = link.dataset.until ? { player, seconds: Number(link.dataset.until) } : null;
    player.play();
  });

  // Media events do not bubble, but they can be caught on the way down: players may come later.
  document.addEventListener("timeupdate", ({ target }) => {
    if (stopAt && stopAt.player === target && target.currentTime >= stopAt.seconds) {
      stopAt = null;
      target.pause();
    }
  }, true);

  document.addEventListener("error", ({ target }) => {
    const words = target.id && document.querySelector(`[data-broken="${CSS.escape(target.id)}"]`);
    if (words) words.hidden = false;
  }, true);
})();
