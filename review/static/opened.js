// A page that the browser prepares beforehand is open to nobody yet: until it is shown it changes nothing and says nobody is here.
"use strict";

(function () {
  if (!document.prerendering) return;
  document.addEventListener("htmx:before:request", (event) => {
    if (document.prerendering && event.detail.ctx.request.method !== "GET") event.preventDefault();
  });
  document.addEventListener("prerenderingchange", () => document.getElementById("here")?.dispatchEvent(new Event("opened")), { once: true });
})();
