/* The workbench, as a page or beside the list: the rules answer while one types, drafts keep themselves, nothing
   typed is lost when a login ends, evidence is dropped in, the next one opens by itself. */
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const pane = () => document.getElementById("beside");
  const waiting = new Map();
  function later(key, milliseconds, act) {
    clearTimeout(waiting.get(key));
    waiting.set(key, setTimeout(() => { waiting.delete(key); act(); }, milliseconds));
  }
  function drop(key) {
    clearTimeout(waiting.get(key));
    return waiting.delete(key);
  }

  /* Logging in again elsewhere has brought a new token. */
  function renew(form) {
    const mark = form.querySelector("input[name=csrfmiddlewaretoken]");
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
    if (mark && token) mark.value = token;
    return form;
  }

  /* -- one rectification ------------------------------------------------------------------------ */
  function ask(form, field) {
    const place = field.closest("[data-place]").dataset.place;
    const answer = document.getElementById(field.getAttribute("aria-describedby"));
    renew(form);
    window.htmx.ajax("POST", form.dataset.checkUrl, { source: field, target: answer, swap: "innerHTML", values: { place } })
      .then(() => field.setAttribute("aria-invalid", String(Boolean(answer.querySelector("[data-bad]")))));
  }

  function keep(form) {
    drop("draft");
    return window.htmx.ajax("POST", form.dataset.draftUrl, { source: renew(form), target: "#draft-kept", swap: "innerHTML" });
  }

  /* What was typed a moment ago goes along when the page or the pane is left. */
  function flush() {
    const form = document.getElementById("bench");
    if (drop("draft") && form) navigator.sendBeacon(form.dataset.draftUrl, new FormData(renew(form)));
  }

  /* In the background: a login that has ended says so, and the page stays with all that was typed. */
  function send(form) {
    drop("draft");
    const target = form.closest("#beside") ?? form;
    return window.htmx.ajax("POST", form.getAttribute("action"), { source: renew(form), target, swap: "innerHTML" });
  }

  /* An input method's half-finished text is neither checked nor kept: only what has been composed counts. */
  function changed(form, field, wait) {
    if (field.matches("[data-check]")) later(field.id, wait, () => ask(form, field));
    askOral(form);
    later("draft", wait + 600, () => keep(form));
  }

  /* Stands out once the form is named as the source of a value that may not be corrected on it. */
  function warn(form) {
    for (const one of all("[data-limit=reached]", form)) {
      const source = one.closest("[data-place]").querySelector("[data-source]");
      one.classList.toggle("zx-bench-limit", source?.value === "form");
    }
  }

  const sources = (form) => all("[data-source]", form).filter((one) => one.closest("[data-place]").querySelector("[data-check]")?.value);
  function askOral(form) {
    warn(form);
    const part = form.querySelector("[data-oral]");
    if (!part) return;
    const oral = part.dataset.oral.split(" ");
    part.hidden = !sources(form).some((one) => oral.includes(one.value));
  }

  /* How the will is known says where the values come from, unless a document proves them or one chose. */
  function follow(form) {
    const usual = form.querySelector("[name=will]:checked")?.dataset.usual;
    if (usual) for (const one of sources(form)) if (!one.value) one.value = one.dataset.source || usual;
    askOral(form);
  }

  function ticked(form, box) {
    if (box.name === "will") follow(form);
    const filled = document.getElementById(box.dataset?.fills ?? "");
    const cleared = document.getElementById(box.dataset?.clears ?? "");
    if (filled) filled.value = box.checked ? box.value : "";
    if (cleared) {
      cleared.readOnly = box.checked;
      if (box.checked) cleared.value = "";
    }
    changed(form, filled ?? cleared ?? box, 0);
  }

  function bench(form) {
    if (form.dataset.ready) return;
    form.dataset.ready = "1";
    form.addEventListener("input", (event) => {
      if (event.isComposing) return;
      if (event.target.matches("[data-check]") && event.target.value) follow(form);
      changed(form, event.target, 350);
    });
    form.addEventListener("compositionend", (event) => changed(form, event.target, 350));
    form.addEventListener("change", (event) => ticked(form, event.target));
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || event.target.matches("textarea, button")) return;
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter?.matches("[data-draft]")) keep(form);
      else send(form);
    });
    const first = form.querySelector("[data-first-fault]");
    if (first) {
      first.dataset.key = "e";
      first.dataset.keyLabel = document.querySelector(`label[for="${CSS.escape(first.id)}"]`)?.textContent.trim() ?? "";
      if (!first.value && sessionStorage.getItem("zx-by-mouse")) first.focus({ preventScroll: true });
    }
    askOral(form);
    for (const field of all("[data-check]", form)) if (field.value) ask(form, field);
  }

  function jump(button) {
    const part = button.closest("[data-fault]");
    const field = part.querySelector("[data-check]");
    part.scrollIntoView({ block: "nearest" });
    (field ?? button).focus();
  }

  function past(button) {
    const place = document.getElementById(button.dataset.past);
    place.hidden = !place.hidden;
    button.setAttribute("aria-expanded", String(!place.hidden));
    if (place.hidden) return;
    const where = button.closest("[data-past-url]").dataset.pastUrl;
    window.htmx.ajax("GET", where, { target: place, swap: "innerHTML", values: { place: button.closest("[data-place]").dataset.place } });
  }

  /* -- evidence ------------------------------------------------------------------------------------ */
  function evidence(form) {
    if (form.dataset.ready) return;
    form.dataset.ready = "1";
    const input = form.querySelector("input[type=file]");
    const area = form.querySelector("[data-drop]");
    input.hasChangeListener = true; // else the theme looks for a text field of its own beside it
    input.addEventListener("change", () => { const chosen = form.querySelector("[data-chosen]"); if (chosen) chosen.textContent = input.files[0]?.name ?? ""; });
    area?.addEventListener("dragover", (event) => { event.preventDefault(); area.classList.add("zx-drop--over"); });
    area?.addEventListener("dragleave", () => area.classList.remove("zx-drop--over"));
    area?.addEventListener("drop", (event) => { event.preventDefault(); area.classList.remove("zx-drop--over"); take(form, event.dataTransfer.files); });
    /* What was typed is kept before the page is left for the upload. */
    form.addEventListener("submit", (event) => {
      const typed = document.getElementById("bench");
      if (!typed || form.dataset.kept) return;
      event.preventDefault();
      keep(typed).finally(() => { form.dataset.kept = "1"; form.requestSubmit(); });
    });
  }

  function take(form, files) {
    if (!files?.length) return;
    const one = new DataTransfer();
    one.items.add(files[0]);
    form.querySelector("input[type=file]").files = one.files;
    form.requestSubmit();
  }

  function pasted(event) {
    const form = all("form[data-evidence]").find((one) => one.checkVisibility());
    if (!form || !event.clipboardData?.files.length) return;
    event.preventDefault();
    take(form, event.clipboardData.files);
  }

  /* -- beside the list ----------------------------------------------------------------------------- */
  const rowOf = (pk) => document.querySelector(`[data-rows] tr[data-pk="${CSS.escape(pk)}"]`);
  function mark(pk) {
    for (const one of all("[data-rows] tr")) one.classList.toggle("zx-row-at", one === rowOf(pk));
    rowOf(pk)?.scrollIntoView({ block: "nearest" });
    const address = new URL(location.href);
    if (pk) address.searchParams.set("open", pk);
    else address.searchParams.delete("open");
    history.replaceState(history.state, "", address);
  }

  function show(pk, address) {
    flush();
    pane().hidden = false;
    document.body.classList.add("zx-with-pane");
    mark(pk);
    window.htmx.ajax("GET", `${address}?beside=1`, { target: "#beside", swap: "innerHTML" });
  }

  function close() {
    flush();
    pane().hidden = true;
    pane().replaceChildren();
    document.body.classList.remove("zx-with-pane");
    const at = document.querySelector(".zx-row-at");
    mark("");
    at?.classList.add("zx-row-at");
  }

  function toggle() {
    const row = document.querySelector("[data-rows] tr.zx-row-at") ?? document.querySelector("[data-rows] tr[data-pk]");
    if (!row) return;
    if (!pane().hidden && pane().querySelector(`#bench[data-number="${CSS.escape(row.dataset.pk)}"]`)) close();
    else show(row.dataset.pk, row.dataset.href);
  }

  /* Once a pane is open, rows and their links lead into it. */
  function intoPane(event) {
    if (!pane() || pane().hidden || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = event.target.closest("#beside a[data-beside]");
    const row = event.target.closest("[data-rows] tr[data-pk]");
    if (link) show(link.dataset.beside, link.getAttribute("href"));
    else if (row && !event.target.closest("button, input, label, select, a:not([data-open])")) show(row.dataset.pk, row.dataset.href);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function submitted(event) {
    const done = event.detail.xhr?.getResponseHeader("X-Zx-Done");
    if (!done) return;
    rowOf(done)?.classList.add("zx-row-done");
    mark(pane().querySelector("#bench")?.dataset.number ?? "");
    document.body.dispatchEvent(new CustomEvent("zx:counts"));
  }

  /* -- everything ---------------------------------------------------------------------------------- */
  function onClick(event) {
    const hit = (selector) => event.target.closest?.(selector);
    if (hit("[data-jump]")) jump(hit("[data-jump]"));
    else if (hit("[data-past]")) past(hit("[data-past]"));
    else if (hit("[data-beside-toggle]")) toggle();
    else if (hit("[data-beside-close]")) close();
  }

  function ready() {
    const form = document.getElementById("bench");
    if (form) bench(form);
    for (const one of all("form[data-evidence]")) evidence(one);
  }

  document.addEventListener("DOMContentLoaded", () => {
    ready();
    document.body.addEventListener("htmx:load", ready);
    document.body.addEventListener("htmx:afterRequest", submitted);
    document.addEventListener("click", intoPane, true);
    document.addEventListener("click", onClick);
    document.addEventListener("paste", pasted);
    addEventListener("pagehide", flush);
    addEventListener("pointerdown", () => sessionStorage.setItem("zx-by-mouse", "1"), true);
    addEventListener("keydown", (event) => { if (!["Control", "Shift", "Alt", "Meta"].includes(event.key)) sessionStorage.removeItem("zx-by-mouse"); }, true);
    const now = pane()?.dataset.openNow;
    if (now) show(pane().dataset.openPk, now);
  });
})();
