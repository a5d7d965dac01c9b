// Trusted Types: text becomes markup only where htmx reads an answer of ours into a document of its own, in which no script runs.
// Everything else that could turn text into markup or script is refused by the browser (Content-Security-Policy). Loaded first.
"use strict";

(function () {
  if (!window.trustedTypes) return;
  const APART = ["Document parseHTMLUnsafe", "DOMParser parseFromString"];
  window.trustedTypes.createPolicy("default", {
    createHTML: (text, type, sink) => (APART.includes(sink) ? text : null),
  });
})();
