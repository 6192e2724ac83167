// Keeps the live part of a page current: when something it shows has happened, that part alone is fetched again.
"use strict";

(() => {
  const QUIET = 1000;
  const live = () => document.getElementById("live");
  const place = live();
  if (!place) return;
  let waiting = 0;

  // Whoever is typing or choosing there is not disturbed; what they see is fetched once they have left.
  const busy = () => live().contains(document.activeElement) && document.activeElement.matches("input, select, textarea");

  // How what has the focus is found again: by its name, or by where it leads.
  const standing = () => {
    const one = document.activeElement, leads = one.getAttribute?.("href");
    if (!live().contains(one)) return "";
    if (one.id) return `#${CSS.escape(one.id)}`;
    return leads ? `a[href="${CSS.escape(leads)}"]` : "";
  };
  const scrolled = () => [...live().querySelectorAll(".table-responsive, .map, pre")];

  // What somebody wrote into a form is not thrown away.
  const written = () => [...document.querySelectorAll("main input, main textarea")].some((one) => one.value !== one.defaultValue);

  const renew = async () => {
    waiting = 0;
    if (busy()) { later(); return; }
    // The server is told that nobody asked: a page left open must not keep its session.
    const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Live": "1" } }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    if (!fresh) {
      // Sent to log in: what only who is logged in may see does not stay on the screen.
      if (answer.redirected && !written()) location.reload();
      return;
    }
    const stood = standing(), moved = scrolled().map((one) => [one.scrollLeft, one.scrollTop]);
    live().replaceChildren(...fresh.childNodes);
    scrolled().forEach((one, at) => { if (moved[at]) [one.scrollLeft, one.scrollTop] = moved[at]; });
    // Whoever stands on a link or button with the keyboard keeps standing there.
    if (stood) live().querySelector(stood)?.focus({ preventScroll: true });
    if (window.htmx) htmx.process(live());
    document.dispatchEvent(new CustomEvent("live:renewed"));
  };
  const later = () => { waiting ||= setTimeout(renew, QUIET); };

  const asked = new URLSearchParams();
  place.dataset.live.split(" ").forEach((topic) => asked.append("topic", topic));
  if (place.dataset.contract) asked.set("contract", place.dataset.contract);
  const stream = new EventSource(`/events?${asked}`);
  ["reset", ...place.dataset.live.split(" ")].forEach((topic) => stream.addEventListener(topic, later));
  stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) later(); });
  if (place.dataset.again) setInterval(later, Number(place.dataset.again) * 1000);
  addEventListener("pagehide", () => stream.close());
})();
