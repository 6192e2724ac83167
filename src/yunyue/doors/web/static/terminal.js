// A terminal into a replica: what is typed goes over a WebSocket as it is, and what comes is drawn by xterm.js.
"use strict";

(() => {
  const place = document.getElementById("terminal");
  if (!place) return;
  const open = document.getElementById("terminal-open");
  const said = document.getElementById("terminal-said");
  const say = (text) => { said.textContent = text; };

  // The pages' policy lets no <style> and no style attribute be written. xterm.js makes both through its document, so
  // it is given one that puts the same rules where the policy allows them: a constructed sheet, and the style object.
  const sheetElement = () => {
    const element = real("div");
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    element.hidden = true;
    Object.defineProperty(element, "textContent", { set: (rules) => sheet.replaceSync(rules) });
    return element;
  };
  const dressed = (element) => {
    const set = element.setAttribute.bind(element), clone = element.cloneNode.bind(element);
    element.setAttribute = (key, value) => { if (key === "style") element.style.cssText = value; else set(key, value); };
    element.cloneNode = (deep) => dressed(clone(deep));
    return element;
  };
  // The part of xterm.js that draws letters asks the page's own document for its spans.
  const real = document.createElement.bind(document);
  document.createElement = (name, options) => (name === "span" ? dressed(real(name, options)) : real(name, options));
  const permitted = new Proxy(document, {
    get(target, key) {
      if (key === "createElement") return (name, options) => (name === "style" ? sheetElement() : real(name, options));
      const value = target[key];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });

  const colours = () => {
    const style = getComputedStyle(place);
    return { background: style.backgroundColor, foreground: style.color, cursor: style.color, selectionBackground: "#8888" };
  };

  const begin = () => {
    open.disabled = true;
    say(place.dataset.opening);
    place.replaceChildren();
    const terminal = new Terminal({
      documentOverride: permitted, screenReaderMode: true, cursorBlink: false, fontSize: 14, scrollback: 5000,
      theme: colours(),
    });
    const fit = new FitAddon.FitAddon();
    terminal.loadAddon(fit);
    terminal.open(place);
    fit.fit();
    const address = new URL(place.dataset.address, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("rows", terminal.rows);
    address.searchParams.set("columns", terminal.cols);
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    const typed = new TextEncoder();
    let status = null;

    terminal.onData((text) => { if (socket.readyState === WebSocket.OPEN) socket.send(typed.encode(text)); });
    terminal.onResize(({ rows, cols }) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ rows, columns: cols }));
    });
    const resized = () => fit.fit();
    addEventListener("resize", resized);
    socket.onopen = () => { say(place.dataset.open); terminal.focus(); };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") status = JSON.parse(data).status;
      else terminal.write(new Uint8Array(data));
    };
    socket.onclose = ({ code }) => {
      removeEventListener("resize", resized);
      terminal.options.disableStdin = true;
      open.disabled = false;
      if (status !== null) say(`${place.dataset.ended} ${status}`);
      else say({ 4408: place.dataset.idle, 1008: place.dataset.turned }[code] ?? place.dataset.gone);
    };
  };
  open.addEventListener("click", begin);
  document.getElementById("terminal-part").hidden = false;
})();
