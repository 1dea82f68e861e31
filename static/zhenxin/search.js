/* Zhenxin: the search box of every page. Asks while one types, never while an input method composes. */
"use strict";
(() => {
  const WAIT = 220;

  function start(form) {
    const field = form.querySelector("[data-search-all]");
    const list = form.querySelector("[role=listbox]");
    const said = form.querySelector("[data-search-said]");
    let composing = false, timer = 0, asking = null, answered = "";

    const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];
    const active = () => list.querySelector("[aria-selected=true]");
    const open = () => !list.hidden;

    function close() {
      list.hidden = true;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
      active()?.setAttribute("aria-selected", "false");
    }

    function choose(option) {
      active()?.setAttribute("aria-selected", "false");
      if (!option) return field.removeAttribute("aria-activedescendant");
      option.setAttribute("aria-selected", "true");
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }

    function step(by) {
      const every = options();
      if (!every.length) return;
      const at = every.indexOf(active()) + by;
      choose(at < -1 ? every[every.length - 1] : at < 0 || at >= every.length ? null : every[at]);
    }

    async function ask() {
      const text = field.value.trim();
      asking?.abort();
      if (!text) return forget();
      asking = new AbortController();
      const answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { "HX-Request": "true" }, signal: asking.signal,
      }).catch(() => null);
      if (!answer?.ok || answer.redirected || text !== field.value.trim() || document.activeElement !== field) return;
      list.innerHTML = await answer.text();
      said.textContent = list.querySelector("[data-said]")?.content.textContent ?? "";
      answered = text;
      list.hidden = false;
      field.setAttribute("aria-expanded", "true");
      choose(null);
    }

    function forget() {
      list.replaceChildren();
      answered = said.textContent = "";
      close();
    }

    function soon() {
      clearTimeout(timer);
      if (!composing) timer = setTimeout(ask, WAIT);
    }

    function enter(event) {
      const chosen = active();
      const exact = answered === field.value.trim() ? options().filter((one) => one.matches("[data-exact]")) : [];
      const goal = chosen ?? (exact.length === 1 ? exact[0] : null);
      if (!field.value.trim()) return event.preventDefault();
      clearTimeout(timer);
      asking?.abort();
      if (goal) {
        event.preventDefault();
        goal.click();
      }
    }

    function onKey(event) {
      if (event.isComposing || composing || event.keyCode === 229) {
        if (event.key === "Enter") event.preventDefault();
        return;
      }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!open() && options().length) { list.hidden = false; field.setAttribute("aria-expanded", "true"); }
        step(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter") enter(event);
      else if (event.key === "Escape" && open()) {
        close();
        event.stopPropagation();
        event.preventDefault();
      } else if (event.key === "/" && !field.value) {
        const own = [...document.querySelectorAll("[data-search]")].find((one) => one.offsetParent !== null);
        if (own) { event.preventDefault(); own.focus(); own.select(); }
      }
    }

    field.addEventListener("compositionstart", () => { composing = true; clearTimeout(timer); });
    field.addEventListener("compositionend", () => { composing = false; soon(); });
    field.addEventListener("input", (event) => { if (!event.isComposing) soon(); });
    field.addEventListener("keydown", onKey);
    field.addEventListener("focus", () => { if (answered && answered === field.value.trim() && options().length) { list.hidden = false; field.setAttribute("aria-expanded", "true"); } });
    form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
    list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  document.addEventListener("DOMContentLoaded", () => { for (const form of document.querySelectorAll("#zx-search")) start(form); });
})();
