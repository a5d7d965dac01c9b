// Keys for the list of unmatched mails. Each key presses a button or follows a link that stands on the page anyway: without
// JavaScript the page does the same by hand. Nothing is sent by this file itself.
"use strict";

(function () {
  const rows = () => Array.from(document.querySelectorAll("[data-row]"));

  function current() {
    const held = document.activeElement && document.activeElement.closest("[data-row]");
    return held || rows()[0] || null;
  }

  function move(step) {
    const all = rows();
    const held = document.activeElement && document.activeElement.closest("[data-row]");
    const at = held ? all.indexOf(held) + step : step > 0 ? 0 : all.length - 1;
    const next = all[Math.max(0, Math.min(all.length - 1, at))];
    if (next) {
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    }
  }

  document.addEventListener("keydown", function (event) {
    // A key that is held down, or meant for a field, a menu or the browser, assigns nothing.
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, select, textarea")) return;
    const row = current();
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "o" && row) row.querySelector("[data-open]").click();
    else if (/^[1-9]$/.test(event.key) && row) {
      const button = row.querySelector('[data-key="' + event.key + '"]');
      if (button && !button.disabled) {
        document.querySelectorAll("[data-key]").forEach((each) => (each.disabled = true));
        button.form.requestSubmit();
      }
    } else return;
    event.preventDefault();
  });

  // The browser may show the page again as it was left: then its buttons must work again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("[data-key]").forEach((each) => (each.disabled = false));
  });
})();
