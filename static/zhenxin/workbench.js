/* The workbench of one rectification: the rules answer while one types, the draft is kept, evidence is dropped in. */
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const waiting = new Map();
  function later(key, milliseconds, act) {
    clearTimeout(waiting.get(key));
    waiting.set(key, setTimeout(() => { waiting.delete(key); act(); }, milliseconds));
  }

  function ask(form, field) {
    const place = field.closest("[data-place]").dataset.place;
    const answer = document.getElementById(field.getAttribute("aria-describedby"));
    window.htmx.ajax("POST", form.dataset.checkUrl, { source: field, target: answer, swap: "innerHTML", values: { place } })
      .then(() => field.setAttribute("aria-invalid", String(Boolean(answer.querySelector("[data-bad]")))));
  }

  function keep(form) {
    return window.htmx.ajax("POST", form.dataset.draftUrl, { source: form, target: "#draft-kept", swap: "innerHTML" });
  }

  /* An input method's half-finished text is neither checked nor kept: only what has been composed counts. */
  function changed(form, field, wait) {
    if (field.matches("[data-check]")) later(field.id, wait, () => ask(form, field));
    later("draft", wait + 600, () => keep(form));
  }

  function bench(form) {
    form.addEventListener("input", (event) => { if (!event.isComposing) changed(form, event.target, 350); });
    form.addEventListener("compositionend", (event) => changed(form, event.target, 350));
    form.addEventListener("change", (event) => ticked(form, event.target));
    form.addEventListener("submit", (event) => {
      if (!event.submitter?.matches("[data-draft]")) return;
      event.preventDefault();
      keep(form);
    });
    const first = form.querySelector("[data-first-fault]");
    if (first) {
      first.dataset.key = "e";
      first.dataset.keyLabel = document.querySelector(`label[for="${CSS.escape(first.id)}"]`)?.textContent.trim() ?? "";
    }
    for (const field of all("[data-check]", form)) if (field.value) ask(form, field);
  }

  function ticked(form, box) {
    const filled = document.getElementById(box.dataset?.fills ?? "");
    const cleared = document.getElementById(box.dataset?.clears ?? "");
    if (filled) filled.value = box.checked ? box.value : "";
    if (cleared) {
      cleared.readOnly = box.checked;
      if (box.checked) cleared.value = "";
    }
    const field = filled ?? cleared;
    if (field) changed(form, field, 0);
  }

  function evidence(form) {
    const drop = form.querySelector("[data-drop]");
    const input = form.querySelector("input[type=file]");
    input.hasChangeListener = true; // else the theme looks for a text field of its own beside it
    const take = (files) => {
      if (!files?.length) return;
      const one = new DataTransfer();
      one.items.add(files[0]);
      input.files = one.files;
      form.requestSubmit();
    };
    input.addEventListener("change", () => { form.querySelector("[data-chosen]").textContent = input.files[0]?.name ?? ""; });
    drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("zx-drop--over"); });
    drop.addEventListener("dragleave", () => drop.classList.remove("zx-drop--over"));
    drop.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("zx-drop--over"); take(event.dataTransfer.files); });
    document.addEventListener("paste", (event) => { if (event.clipboardData?.files.length) { event.preventDefault(); take(event.clipboardData.files); } });
    /* What was typed is kept before the page is left for the upload. */
    form.addEventListener("submit", (event) => {
      const typed = document.getElementById("bench");
      if (!typed || form.dataset.kept) return;
      event.preventDefault();
      keep(typed).finally(() => { form.dataset.kept = "1"; form.requestSubmit(); });
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("bench");
    if (form) bench(form);
    for (const one of all("form[data-evidence]")) evidence(one);
  });
})();
