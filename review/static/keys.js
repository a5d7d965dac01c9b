// The keyboard of every page. It presses what stands on the page anyway: buttons, links, fields that state their key in
// `data-key` ("a", or two keys: "x 1"). It sends nothing by itself, and without it the page does the same by hand.
//
// It never acts in a field, on a key that is held down, with Ctrl, Alt or Meta, or once the page is on its way out.
// See docs/review.md for what a page states.
"use strict";

(function () {
  const PATIENCE = 4000;
  const FIELD = "input:not([type=checkbox]):not([type=radio]):not([type=hidden]), select, textarea";
  let begun = "";
  let begunAt = 0;
  let leaving = false;

  const all = (selector, inside) => Array.from((inside || document).querySelectorAll(selector));
  const rows = () => all("[data-row]");
  const heldRow = () => document.activeElement && document.activeElement.closest("[data-row]");
  const currentRow = () => heldRow() || rows()[0] || null;

  // What a key could press now: first the row that is held, then the page around the rows.
  function keyed() {
    const row = currentRow();
    const here = row ? all("[data-key]", row) : [];
    return here.concat(all("[data-key]").filter((each) => !each.closest("[data-row]") && !each.closest("dialog")))
      .filter((each) => !each.disabled && !each.closest("[hidden]"));
  }

  function move(step) {
    const every = rows();
    const held = heldRow();
    const at = held ? every.indexOf(held) + step : step > 0 ? 0 : every.length - 1;
    const next = every[Math.max(0, Math.min(every.length - 1, at))];
    if (next) {
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    }
  }

  function unfold(element) {
    for (let fold = element.closest("details"); fold; fold = fold.parentElement && fold.parentElement.closest("details")) {
      fold.open = true;
    }
  }

  function press(element) {
    if (element.matches("summary")) {
      const fold = element.parentElement;
      fold.open = !fold.open;
      const field = fold.open && element.hasAttribute("data-into") ? fold.querySelector(FIELD) : null;
      (field || element).focus();
      fold.scrollIntoView({ block: "nearest" });
    } else if (element.matches(FIELD)) {
      unfold(element);
      element.focus();
    } else {
      element.click();
    }
  }

  // --- the list of keys, and the palette ---------------------------------------------------------------------------

  function label(element) {
    const said = element.dataset.label || element.getAttribute("aria-label") ||
      (element.labels && element.labels[0] && element.labels[0].textContent) || element.textContent;
    return said.replace(/\s+/g, " ").trim().slice(0, 90);
  }

  function actions() {
    const row = currentRow();
    const found = new Map();
    keyed().forEach((each) => found.set(each, each.dataset.key));
    all("main button, main a.button").forEach(function (each) {
      const elsewhere = each.closest("[data-row]") && each.closest("[data-row]") !== row;
      if (!found.has(each) && !each.disabled && !elsewhere && !each.closest("dialog")) found.set(each, "");
    });
    return Array.from(found, ([element, key]) => ({ element: element, key: key, label: label(element) }))
      .filter((each) => each.label);
  }

  function made(name, text, className) {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function keys(text) {
    const shown = made("span", "", "keycaps");
    (text ? text.split(" ") : []).forEach((key) => shown.append(made("kbd", key)));
    return shown;
  }

  function opened(title) {
    all("dialog.keys-dialog").forEach((old) => old.remove());
    const dialog = made("dialog", "", "keys-dialog");
    dialog.setAttribute("aria-label", title);
    dialog.append(made("h2", title));
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    return dialog;
  }

  function help() {
    const dialog = opened("Keys of this page");
    const table = made("dl", "", "keylist");
    const fixed = [["?", "This list"], ["p", "All actions, to search in (or Ctrl-K)"], ["Escape", "Close"]];
    if (rows().length) fixed.unshift(["j", "Next row"], ["k", "Previous row"], ["o", "Open the row"]);
    fixed.concat(keyed().map((each) => [each.dataset.key, label(each)])).forEach(function ([key, said]) {
      const line = made("div");
      const term = made("dt");
      term.append(keys(key));
      line.append(term, made("dd", said));
      table.append(line);
    });
    const close = made("button", "Close");
    close.type = "button";
    close.addEventListener("click", () => dialog.close());
    dialog.append(close, table);
    dialog.showModal();
    close.focus();
  }

  function palette() {
    const every = actions();
    const dialog = opened("All actions of this page");
    const search = made("input");
    search.type = "search";
    search.setAttribute("aria-label", "Search the actions");
    search.autocomplete = "off";
    const list = made("ul", "", "palette");
    dialog.append(search, list);
    function run(action) {
      dialog.close();
      press(action.element);
    }
    function show() {
      const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      list.replaceChildren();
      every.filter((each) => wanted.every((word) => each.label.toLowerCase().includes(word))).forEach(function (each) {
        const line = made("li");
        const button = made("button", each.label);
        button.type = "button";
        button.append(keys(each.key));
        button.addEventListener("click", () => run(each));
        line.append(button);
        list.append(line);
      });
    }
    search.addEventListener("input", show);
    dialog.addEventListener("keydown", function (event) {
      const buttons = all("button", list);
      const at = buttons.indexOf(document.activeElement);
      if (event.key === "Enter" && document.activeElement === search && buttons[0]) buttons[0].click();
      else if (event.key === "ArrowDown" && buttons.length) buttons[Math.min(at + 1, buttons.length - 1)].focus();
      else if (event.key === "ArrowUp" && buttons.length) (buttons[at - 1] || search).focus();
      else return;
      event.preventDefault();
    });
    show();
    dialog.showModal();
    search.focus();
  }

  // --- keys --------------------------------------------------------------------------------------------------------

  function act(key) {
    const waited = Date.now() - begunAt > PATIENCE ? "" : begun;
    const whole = waited ? waited + " " + key : key;
    begun = "";
    const every = keyed();
    const met = every.find((each) => each.dataset.key === whole);
    const more = every.some((each) => each.dataset.key.startsWith(whole + " "));
    if (more) {
      begun = whole;
      begunAt = Date.now();
    }
    if (met) press(met);
    return Boolean(met || more || waited);
  }

  document.addEventListener("keydown", function (event) {
    if (event.repeat || event.isComposing || leaving || document.querySelector("dialog[open]")) return;
    const ctrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (ctrlK) palette();
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.target.closest(FIELD)) {
      if (event.key === "Escape") event.target.blur();
      return;
    } else if (event.key.length !== 1 || event.key === " ") return;
    else if (begun === "" && event.key === "?") help();
    else if (begun === "" && event.key === "p" && !keyed().some((each) => each.dataset.key === "p")) palette();
    else if (begun === "" && rows().length && event.key === "j") move(1);
    else if (begun === "" && rows().length && event.key === "k") move(-1);
    else if (begun === "" && event.key === "o" && currentRow() && currentRow().querySelector("[data-open]")) {
      currentRow().querySelector("[data-open]").click();
    } else if (!act(event.key)) return;
    event.preventDefault();
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-help]")) help();
  });

  // A form that is on its way is not sent twice. What htmx sends stays on the page.
  document.addEventListener("submit", function (event) {
    if (!event.defaultPrevented) leaving = true;
  });
  // The browser may show the page again as it was left: then its keys must work again.
  window.addEventListener("pageshow", function () {
    leaving = false;
  });
})();
