// Light or dark: what the reader chose here, else what the system says. Runs before the page is drawn.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("oncograph-theme");
    } catch {
      return null;
    }
  };
  const apply = () => {
    document.documentElement.dataset.theme = chosen() || (system.matches ? "dark" : "light");
  };
  apply();
  document.documentElement.classList.add("scripted");
  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      try {
        localStorage.setItem("oncograph-theme", next);
      } catch {
        // a browser that keeps nothing
      }
      document.documentElement.dataset.theme = next;
      document.dispatchEvent(new CustomEvent("theme", { detail: next }));
    });
  });
})();
