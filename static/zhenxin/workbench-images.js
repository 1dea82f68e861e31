/* Images of forms and evidence: larger, smaller, turned, pulled about. */
"use strict";
(() => {
  const STEPS = [1, 1.5, 2, 3, 4];
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  function draw(viewer) {
    const image = viewer.querySelector("img");
    const box = viewer.querySelector(".zx-viewer-box");
    if (!image?.naturalWidth) return;
    const ratio = image.naturalWidth / image.naturalHeight;
    const turn = Number(viewer.dataset.turned ?? 0);
    const lying = turn % 180 !== 0;
    const wide = Math.min(box.clientWidth, lying ? image.naturalHeight : image.naturalWidth);
    const shown = wide * STEPS[Number(viewer.dataset.step ?? 0)];
    const [width, height] = lying ? [shown * ratio, shown] : [shown, shown / ratio];
    Object.assign(image.style, {
      width: `${width}px`, height: `${height}px`, maxWidth: "none", maxHeight: "none", transform: `rotate(${turn}deg)`,
      margin: lying ? `${(width - height) / 2}px ${(height - width) / 2}px` : "0",
    });
  }

  function zoom(viewer, by) {
    const step = Number(viewer.dataset.step ?? 0) + by;
    viewer.dataset.step = String(Math.min(Math.max(step, 0), STEPS.length - 1));
    draw(viewer);
  }

  function turn(viewer) {
    viewer.dataset.turned = String((Number(viewer.dataset.turned ?? 0) + 90) % 360);
    draw(viewer);
  }

  function fit(viewer) {
    viewer.dataset.step = viewer.dataset.turned = "0";
    draw(viewer);
  }

  function choose(viewer, button) {
    for (const one of all("[data-image]", viewer)) one.setAttribute("aria-pressed", String(one === button));
    const image = viewer.querySelector("img");
    image.src = button.dataset.image;
    image.alt = button.textContent.trim();
    fit(viewer);
  }

  function pull(viewer) {
    const box = viewer.querySelector(".zx-viewer-box");
    box.addEventListener("pointermove", (event) => {
      if (event.buttons !== 1) return;
      box.scrollLeft -= event.movementX;
      box.scrollTop -= event.movementY;
    });
  }

  function ready() {
    for (const viewer of all("[data-viewer]")) {
      if (viewer.dataset.ready) continue;
      viewer.dataset.ready = "1";
      const image = viewer.querySelector("img");
      image.draggable = false;
      image.addEventListener("load", () => draw(viewer));
      draw(viewer);
      pull(viewer);
    }
    const first = document.querySelector("[data-viewer]");
    if (!first) return;
    for (const [selector, key] of [["[data-zoom='1']", "+"], ["[data-zoom='-1']", "-"], ["[data-turn]", "t"]]) {
      const button = first.querySelector(selector);
      button.dataset.key = key;
      button.setAttribute("aria-keyshortcuts", key);
    }
  }

  document.addEventListener("click", (event) => {
    const viewer = event.target.closest?.("[data-viewer]");
    const button = event.target.closest?.("button");
    if (!viewer || !button) return;
    if (button.dataset.image) choose(viewer, button);
    else if (button.dataset.zoom) zoom(viewer, Number(button.dataset.zoom));
    else if ("turn" in button.dataset) turn(viewer);
    else if ("fit" in button.dataset) fit(viewer);
  });
  document.addEventListener("DOMContentLoaded", () => {
    ready();
    document.body.addEventListener("htmx:load", ready);
  });
})();
