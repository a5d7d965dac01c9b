// Counts down the seconds in which an approval can be taken back. The page works without this file: the server says how long is
// left, and the button is a plain form.
"use strict";

(function () {
  const begun = new WeakMap();

  function tick() {
    document.querySelectorAll("[data-seconds]").forEach(function (form) {
      if (!begun.has(form)) begun.set(form, performance.now());
      const passed = Math.floor((performance.now() - begun.get(form)) / 1000);
      const left = Math.max(0, Number(form.dataset.seconds) - passed);
      const shown = form.querySelector("[data-countdown]");
      if (shown) shown.textContent = left + " s";
      if (left === 0 && form.hasAttribute("data-goes")) form.remove();
    });
  }

  tick();
  setInterval(tick, 250);
})();
