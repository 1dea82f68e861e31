/* The team board: a row, or all that are selected, dragged on a person leads to the page that shows who gets what. */
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  let dragged = [];

  function idsOf(row) {
    if (row.dataset.drag) return [row.dataset.drag];
    const chosen = all("input[data-select]:checked").map((box) => box.value);
    const own = row.querySelector("input[data-select]").value;
    return chosen.includes(own) ? chosen : [own];
  }

  function picture(event) {
    const image = Object.assign(document.createElement("div"), { className: "zx-drag-image", textContent: `× ${dragged.length}` });
    document.body.append(image);
    event.dataTransfer.setDragImage(image, 8, 8);
    setTimeout(() => image.remove(), 0);
  }

  function begin(event) {
    const row = event.target.closest?.("[data-drag], tr:has(input[data-select])");
    if (!row) return;
    dragged = idsOf(row);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.join(","));
    picture(event);
    document.body.classList.add("zx-dragging");
  }

  function end() {
    document.body.classList.remove("zx-dragging");
    for (const one of all(".zx-drop-here")) one.classList.remove("zx-drop-here");
    dragged = [];
  }

  function over(event) {
    const person = event.target.closest?.("[data-drop-to]");
    for (const one of all(".zx-drop-here")) if (one !== person) one.classList.remove("zx-drop-here");
    if (!person || !dragged.length) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    person.classList.add("zx-drop-here");
  }

  function drop(event) {
    const person = event.target.closest?.("[data-drop-to]");
    const board = document.querySelector("[data-board]")?.dataset.board;
    if (!person || !dragged.length || !board) return;
    event.preventDefault();
    const query = new URLSearchParams(dragged.map((pk) => ["id", pk]));
    query.append("to", person.dataset.dropTo);
    location.assign(`${board}?${query}`);
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (!document.querySelector("[data-drop-to]")) return;
    for (const row of all("[data-drag], tr:has(input[data-select])")) row.draggable = true;
    document.addEventListener("dragstart", begin);
    document.addEventListener("dragend", end);
    document.addEventListener("dragover", over);
    document.addEventListener("drop", drop);
  });
})();
