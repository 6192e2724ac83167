// Chooses dark or light before anything is drawn: as the page says, or, where it says "auto", as the system does.
"use strict";

(() => {
  const page = document.documentElement, system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const wanted = page.dataset.theme;
    page.dataset.bsTheme = wanted === "dark" || (wanted === "auto" && system.matches) ? "dark" : "light";
  };
  system.addEventListener("change", apply);
  apply();
})();
