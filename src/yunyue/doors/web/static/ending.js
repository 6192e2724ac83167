// A job's page is loaded whole once the job has ended: only then is there something to play.
"use strict";

(() => {
  const state = () => document.querySelector("#live [data-state]")?.dataset.state, unfinished = ["queued", "running"];
  document.addEventListener("live:renewed", () => { if (!unfinished.includes(state())) location.reload(); });
})();
