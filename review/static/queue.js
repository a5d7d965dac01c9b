// The queue as it moves: says what is new, crosses out what others decided, keeps what was ticked when the list is renewed.
// The page works without this file. Nothing here sends anything but the question what moved.
"use strict";

(function () {
  const ticked = new Set();
  const came = new Set();
  let source = null;

  const list = () => document.getElementById("list");
  const boxes = () => Array.from(document.querySelectorAll("#list [data-tick]"));
  const plural = (n, one, many) => (n === 1 ? one : many);

  function show() {
    const count = document.getElementById("ticked");
    if (count) {
      const on = boxes().filter((box) => box.checked).length;
      count.hidden = on === 0;
      count.textContent = String(on);
    }
    const all = document.getElementById("tick-all");
    if (all) all.hidden = boxes().every((box) => box.checked || box.disabled);
  }

  function keep() {
    // A list that was renewed: the same boxes are ticked, if what they stand for is still as it was.
    boxes().forEach(function (box) {
      if (ticked.has(box.value)) box.checked = true;
    });
    const there = new Set(boxes().map((box) => box.value));
    ticked.forEach((value) => there.has(value) || ticked.delete(value));
    show();
  }

  function tellNew() {
    const button = document.getElementById("news");
    if (!button) return;
    button.hidden = came.size === 0;
    button.textContent = came.size + " new: show " + plural(came.size, "it", "them");
  }

  function cross(number) {
    const row = document.querySelector('#list [data-item="' + Number(number) + '"]');
    if (!row || row.classList.contains("gone")) return;
    row.classList.add("gone");
    row.title = "Decided meanwhile, or put off";
    const box = row.querySelector("[data-tick]");
    if (box) {
      box.checked = false;
      box.disabled = true;
      ticked.delete(box.value);
    }
  }

  function heard(event) {
    const news = JSON.parse(event.data);
    const now = document.querySelector("nav .count");
    if (now) now.textContent = String(news.waiting);
    news.left.forEach(function (number) {
      came.delete(number);
      cross(number);
    });
    news.came.forEach(function (number) {
      if (!document.querySelector('#list [data-item="' + Number(number) + '"]:not(.gone)')) came.add(number);
    });
    if (news.reload) came.add(0);
    tellNew();
    show();
  }

  function listen() {
    if (source || !list() || !window.EventSource) return;
    source = new EventSource("/queue/events?since=" + encodeURIComponent(list().dataset.seq));
    source.addEventListener("queue", heard);
  }

  function stop() {
    if (source) source.close();
    source = null;
  }

  document.addEventListener("change", function (event) {
    const box = event.target.closest("[data-tick]");
    if (!box) return;
    if (box.checked) ticked.add(box.value);
    else ticked.delete(box.value);
    show();
  });

  document.addEventListener("click", function (event) {
    if (!event.target.closest("#tick-all")) return;
    boxes().forEach(function (box) {
      if (box.disabled) return;
      box.checked = true;
      ticked.add(box.value);
    });
    show();
  });

  // The list is put in place by htmx: whatever does it, what was ticked stays so.
  new MutationObserver(function () {
    if (list() && !list().dataset.kept) {
      list().dataset.kept = "1";
      came.clear();
      keep();
      stop();
      listen();
    }
  }).observe(document.getElementById("main"), { childList: true, subtree: true });

  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", function () {
    // The browser may show the page again as it was left.
    boxes().forEach((box) => box.checked && ticked.add(box.value));
    if (list()) list().dataset.kept = "1";
    show();
    listen();
  });
})();
