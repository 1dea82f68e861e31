/* The first field to type has the focus when the page opens. After the last field was compared, the keys belong to the page again; before, to the next field. */
"use strict";
(() => {
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("#keying #typed")?.focus();
    document.body.addEventListener("htmx:afterSettle", (event) => {
      const keying = document.getElementById("keying");
      if (!keying || !(event.target === keying || event.target.contains?.(keying) || keying.contains(event.target))) return;
      const next = keying.querySelector("#typed");
      if (next) next.focus();
      else document.activeElement?.blur?.();
    });
  });
})();
