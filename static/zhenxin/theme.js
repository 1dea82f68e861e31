/* The theme chosen inside, for the pages outside the shell: before anything is painted. */
"use strict";
(() => {
  let theme = "auto";
  try { theme = JSON.parse(localStorage.getItem("adminTheme") ?? '"auto"'); } catch { /* the browser keeps nothing */ }
  const dark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
})();
