// Lines of a replica as they are written, over the containers' stream; without it the page shows the last ones.
"use strict";

(() => {
  const MOST = 2000, SOONEST = 2000, LATEST = 30000, DRAW = 100, TRIES = 6, TURNED = 1008;
  const place = document.getElementById("lines");
  if (!place?.dataset.address) return;
  const said = document.getElementById("lines-said"), hold = document.getElementById("lines-hold");
  const address = new URL(place.dataset.address, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  let waiting = [], held = false, fresh = true, failed = 0, drawing = 0;

  const line = ({ stream, text }) => {
    const one = document.createElement("span");
    one.className = `line-${stream === "stderr" ? "stderr" : "stdout"}`;
    one.textContent = text;
    return one;
  };

  // Whoever scrolled up to read stays where they are; at the end one stays at the end.
  const draw = () => {
    drawing = 0;
    if (held || !waiting.length) return;
    const atEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 24;
    if (fresh) { place.replaceChildren(); fresh = false; }
    place.append(...waiting.slice(-MOST).flatMap((one) => [line(one), "\n"]));
    waiting = [];
    while (place.childNodes.length > 2 * MOST) place.firstChild.remove();
    place.hidden = false;
    document.getElementById("lines-none")?.remove();
    if (atEnd) place.scrollTop = place.scrollHeight;
  };
  const soon = () => { drawing ||= setTimeout(draw, DRAW); };

  const follow = () => {
    const socket = new WebSocket(address), begun = Date.now();
    let opened = false;
    socket.onopen = () => {
      // What comes first are the last lines once more: they take the place of those that stand there.
      opened = true; fresh = true; waiting = [];
      said.textContent = held ? place.dataset.held : place.dataset.live;
      hold.hidden = false;
    };
    socket.onmessage = ({ data }) => {
      waiting.push(JSON.parse(data));
      if (waiting.length > 2 * MOST) waiting = waiting.slice(-MOST);
      soon();
    };
    socket.onclose = ({ code }) => {
      draw();
      hold.hidden = true;
      // Every attempt is put on record, so they become rarer, and end where nobody is let in any more.
      failed = Date.now() - begun > LATEST ? 1 : failed + 1;
      if (code === TURNED || (!opened && failed > TRIES)) {
        said.textContent = code === TURNED ? place.dataset.turned : place.dataset.gone;
        return;
      }
      said.textContent = place.dataset.again;
      setTimeout(follow, Math.min(SOONEST * 2 ** (failed - 1), LATEST));
    };
  };

  const name = () => {
    hold.textContent = held ? place.dataset.go : place.dataset.hold;
    said.textContent = held ? place.dataset.held : place.dataset.live;
  };
  hold.addEventListener("click", () => { held = !held; name(); draw(); });
  hold.textContent = place.dataset.hold;
  place.scrollTop = place.scrollHeight;
  follow();
})();
