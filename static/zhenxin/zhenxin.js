/* Zhenxin: keys, lists, dialogs, kept input, and what happens when a login ends. No inline code, no dependencies. */
"use strict";
(() => {
  const words = () => document.getElementById("zx-words")?.dataset ?? {};
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const shown = (element) => element.offsetParent !== null || element.getClientRects().length > 0;
  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  /* -- messages ------------------------------------------------------------------------------ */
  function say(text, level = "info", link = null) {
    const box = document.getElementById("zx-messages");
    if (!box) return;
    if (all(".zx-message p", box).some((p) => p.textContent.startsWith(text))) return;
    const close = element("button", { type: "button", className: "zx-icon-btn", ariaLabel: words().close }, "×");
    close.dataset.dismiss = "";
    const line = element("p", {}, text);
    if (link) line.append(" ", element("a", { href: link.href, target: "_blank", rel: "noopener" }, link.text));
    box.append(element("div", { className: `zx-message zx-message--${level}` }, line, close));
  }

  /* -- keys ---------------------------------------------------------------------------------- */
  let going = 0;
  const typing = (target) =>
    target.isContentEditable ||
    (target.matches?.("input, textarea, select") && !target.matches("[type=checkbox], [type=radio], [type=button], [type=submit]"));
  const stage = () => all("dialog[open]").pop() ?? document;
  const keyed = (key) => all("[data-key]", stage()).find((one) => one.dataset.key === key && shown(one) && !one.disabled);

  function rows() {
    const list = all("[data-rows]", stage()).find(shown);
    if (!list) return [];
    const marked = all("[data-row]", list);
    return (marked.length ? marked : all("tbody > tr", list)).filter(shown);
  }
  const here = () => document.querySelector(".zx-row-at");

  function move(step) {
    const every = rows();
    if (!every.length) return false;
    const from = every.indexOf(here());
    const to = every[Math.min(Math.max(from + step, 0), every.length - 1)];
    here()?.classList.remove("zx-row-at");
    to.classList.add("zx-row-at");
    to.tabIndex = -1;
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest" });
    return true;
  }

  function openRow() {
    const link = here()?.querySelector("[data-open]") ?? here()?.querySelector("a[href]");
    link?.click();
    return Boolean(link);
  }

  function press(target) {
    if (target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) target.focus();
    else target.click();
    return true;
  }

  function search() {
    const field = all("[data-search-all]").find(shown) ?? all("[data-search], input[type=search]").find(shown);
    field?.focus();
    field?.select?.();
    return Boolean(field);
  }

  function onKey(event) {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (event.defaultPrevented || typing(event.target)) return;
    const key = event.key;
    if (done(key, event.target)) event.preventDefault();
  }

  function done(key, target) {
    if (going && Date.now() - going < 1500) {
      going = 0;
      const goal = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
      if (goal) return press(goal);
    }
    going = 0;
    const own = keyed(key);
    if (own) return press(own);
    if (stage() !== document) return false;
    if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
    if (key === "Enter") return !target.matches("a, button, summary, input") && openRow();
    if (key === "x") return Boolean(here()?.querySelector("input[type=checkbox]")?.click() ?? here());
    if (key === "/") return search();
    if (key === "?") return help();
    if (key === "g") return Boolean((going = Date.now()));
    return false;
  }

  const told = (one) => {
    const copy = one.cloneNode(true);
    for (const mark of all("kbd, .material-symbols-outlined", copy)) mark.remove();
    return copy.textContent;
  };
  const label = (one) => (one.dataset.keyLabel || one.getAttribute("aria-label") || told(one)).replace(/\s+/g, " ").trim();

  function help() {
    document.getElementById("zx-help")?.remove();
    const list = element("dl", { className: "zx-keys" });
    const add = (keys, text) => list.append(
      element("dt", {}, ...keys.flatMap((key, at) => (at ? [" ", element("kbd", {}, key)] : [element("kbd", {}, key)]))),
      element("dd", {}, text));
    for (const one of all("[data-key]").filter(shown)) add([one.dataset.key], label(one));
    if (rows().length) {
      add(["j", "k"], words().keyMove);
      add(["Enter"], words().keyOpen);
      if (document.querySelector("[data-rows] input[type=checkbox]")) add(["x"], words().keySelect);
    }
    if (document.querySelector("[data-search], input[type=search]")) add(["/"], words().keySearch);
    for (const one of all("[data-go]")) add(["g", one.dataset.go], `${words().goTo} ${label(one.querySelector(".zx-nav-text") ?? one)}`);
    add(["?"], words().keyHelp);
    add(["Esc"], words().keyClose);
    const close = element("button", { className: "zx-btn" }, words().close);
    const dialog = element("dialog", { id: "zx-help", className: "zx-dialog" },
      element("form", { method: "dialog" }, element("h2", {}, words().keysOfPage), list,
        element("div", { className: "zx-form-actions" }, close)));
    dialog.setAttribute("aria-label", words().keysOfPage);
    document.body.append(dialog);
    dialog.showModal();
    return true;
  }

  /* -- what a freshly shown part of a page needs ---------------------------------------------- */
  const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];
  function tellTimes(within) {
    const format = new Intl.RelativeTimeFormat(document.documentElement.lang || "zh-Hans", { numeric: "auto" });
    for (const time of all("time[data-relative]", within)) {
      const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
      const [unit, size] = units.find(([, one]) => Math.abs(seconds) >= one) ?? ["minute", 60];
      time.title ||= time.textContent;
      time.textContent = format.format(Math.round(seconds / size), unit);
    }
  }

  function showKeys(within) {
    for (const one of all("[data-key]", within)) {
      one.setAttribute("aria-keyshortcuts", one.dataset.key);
      if (one.matches("a, button") && !one.matches("[data-key-silent]") && !one.querySelector("kbd")) {
        const mark = element("kbd", {}, one.dataset.key);
        mark.ariaHidden = "true";
        one.append(mark);
      }
    }
  }

  function counted(table) {
    const boxes = all("input[data-select]", table);
    const chosen = boxes.filter((box) => box.checked).length;
    for (const box of boxes) box.closest("tr, [data-row]")?.setAttribute("aria-selected", String(box.checked));
    const head = table.querySelector("[data-select-all]");
    if (head) {
      head.checked = chosen > 0 && chosen === boxes.length;
      head.indeterminate = chosen > 0 && chosen < boxes.length;
    }
    const group = table.closest("form, main, body");
    for (const place of all("[data-selected-count]", group)) place.textContent = String(chosen);
    for (const button of all("[data-needs-selection]", group)) button.disabled = chosen === 0;
    for (const part of all("[data-shows-with-selection]", group)) part.hidden = chosen === 0;
  }

  let lastBox = null;
  function selected(event) {
    const box = event.target;
    const table = box.closest("[data-rows], table");
    if (!table) return;
    const boxes = all("input[data-select]", table);
    if (box.matches("[data-select-all]")) for (const one of boxes) one.checked = box.checked;
    else if (event.shiftKey && lastBox && boxes.includes(lastBox)) {
      const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
    }
    lastBox = box;
    counted(table);
  }

  /* -- input that outlives an expired login: only in this tab, never a password or a file ------ */
  const kept = (form) => `zx-kept:${location.pathname}:${form.dataset.keep}`;
  const keepable = (form) => [...form.elements].filter(
    (one) => one.name && !one.matches("[type=hidden], [type=password], [type=file], [type=submit], button, fieldset"));
  function keep(form) {
    const values = keepable(form).map((one) => [one.name, one.value, one.matches("[type=checkbox], [type=radio]") ? one.checked : null]);
    sessionStorage.setItem(kept(form), JSON.stringify(values));
  }
  function restore(form) {
    const text = sessionStorage.getItem(kept(form));
    if (!text) return;
    let changed = false;
    for (const [name, value, checked] of JSON.parse(text)) {
      const one = keepable(form).find((field) => field.name === name && (checked === null || field.value === value));
      if (!one) continue;
      if (checked === null ? one.value !== value : one.checked !== checked) changed = true;
      if (checked === null) one.value = value;
      else one.checked = checked;
    }
    if (changed) say(words().restored);
  }
  function settleKept() {
    const sent = sessionStorage.getItem("zx-sent");
    sessionStorage.removeItem("zx-sent");
    const atLogin = document.body.matches(".zx-login");
    if (sent && !atLogin && !document.querySelector("[data-refused]:not(#zx-words)")) sessionStorage.removeItem(sent);
    if (atLogin && document.querySelector("[data-logged-out]"))
      for (const key of Object.keys(sessionStorage).filter((one) => one.startsWith("zx-"))) sessionStorage.removeItem(key);
  }

  function ready(within) {
    showKeys(within);
    tellTimes(within);
    for (const table of new Set(all("input[data-select]", within).map((box) => box.closest("[data-rows], table")))) if (table) counted(table);
    for (const form of all("form[data-keep]", within)) restore(form);
  }

  /* -- clicks -------------------------------------------------------------------------------- */
  async function copy(button) {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    say(words().copied);
  }

  function onClick(event) {
    const hit = (selector) => event.target.closest?.(selector);
    if (hit("[data-dismiss]")) hit(".zx-message")?.remove();
    else if (hit("[data-help]")) help();
    else if (hit("[data-dialog]")) document.getElementById(hit("[data-dialog]").dataset.dialog)?.showModal();
    else if (hit("[data-close]")) hit("dialog")?.close();
    else if (hit("[data-copy]")) copy(hit("[data-copy]"));
    else if (hit("[data-print]")) window.print();
    else if (event.target.matches?.("input[data-select], input[data-select-all]")) selected(event);
    else if (hit("tr[data-href]") && !hit("a, button, input, label, select")) location.assign(hit("tr[data-href]").dataset.href);
  }

  function onChange(event) {
    if (event.target.matches("[data-submit-on-change]")) event.target.form?.requestSubmit();
  }

  function onSubmit(event) {
    const form = event.target;
    const mark = form.querySelector("input[name=csrfmiddlewaretoken]");
    if (mark) mark.value = token() ?? mark.value;
    if (!form.matches("form[data-keep]")) return;
    keep(form);
    sessionStorage.setItem("zx-sent", kept(form));
  }

  /* -- live counts in the navigation ----------------------------------------------------------- */
  function showBadges(counts) {
    for (const place of all("[data-badge]")) {
      const found = counts[place.dataset.badge];
      place.hidden = !found?.count;
      place.textContent = found?.said ?? (found?.count > 999 ? "999+" : found?.count ?? "");
      place.title = found?.title ?? "";
      place.classList.toggle("zx-nav-count--urgent", Boolean(found?.urgent));
    }
  }
  async function fetchBadges() {
    const where = document.querySelector("[data-badges]")?.dataset.badges;
    if (!where || document.hidden) return;
    const answer = await fetch(where, { headers: { Accept: "application/json" }, redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return;
    const counts = await answer.json();
    sessionStorage.setItem("zx-badges", JSON.stringify(counts));
    showBadges(counts);
  }
  function startBadges() {
    if (!document.querySelector("[data-badge]")) return;
    showBadges(JSON.parse(sessionStorage.getItem("zx-badges") ?? "{}"));
    fetchBadges();
    setInterval(fetchBadges, 60000);
    document.body.addEventListener("zx:counts", fetchBadges);
  }

  /* -- HTMX ---------------------------------------------------------------------------------- */
  const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? words().csrf;
  const endedLogin = (xhr) => xhr.status === 401 || (xhr.responseURL && new URL(xhr.responseURL).pathname === words().login);
  function expired() {
    say(words().expired, "warning", { href: `${words().login}?next=${encodeURIComponent(location.pathname)}`, text: words().logIn });
  }

  function listen() {
    const body = document.body;
    body.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = token(); });
    body.addEventListener("htmx:beforeSwap", (event) => {
      if (!endedLogin(event.detail.xhr)) return;
      event.detail.shouldSwap = false;
      event.detail.isError = false;
      expired();
    });
    body.addEventListener("htmx:responseError", (event) => {
      if (endedLogin(event.detail.xhr)) return;
      say([403, 404].includes(event.detail.xhr.status) ? words().refused : words().failed, "error");
    });
    body.addEventListener("htmx:sendError", () => say(words().offline, "error"));
    body.addEventListener("htmx:load", (event) => ready(event.detail.elt));
    body.addEventListener("zx:say", (event) => say(event.detail.text ?? event.detail.value, event.detail.level));
    document.addEventListener("keydown", onKey);
    document.addEventListener("click", onClick);
    document.addEventListener("change", onChange);
    document.addEventListener("submit", onSubmit);
    document.addEventListener("input", (event) => { const form = event.target.closest?.("form[data-keep]"); if (form) keep(form); });
    settleKept();
    ready(document);
    startBadges();
    setInterval(() => tellTimes(document), 60000);
  }
  document.addEventListener("DOMContentLoaded", listen);
})();
