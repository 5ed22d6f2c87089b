// Goes through the claims to review by keyboard; the buttons of the chosen one decide (curation.js sends it).
const claims = [...document.querySelectorAll("#queue > li")];
const KEYS = { a: "accept", r: "reject", c: "correct", m: "comment" };
let at = -1;

function choose(number) {
  if (!claims.length) return;
  at = Math.max(0, Math.min(number, claims.length - 1));
  for (const claim of claims) claim.classList.toggle("selected", claim === claims[at]);
  claims[at].focus({ preventScroll: true });
  claims[at].scrollIntoView({ block: "nearest" });
  history.replaceState(null, "", `#${at + 1}`); // a decision loads the page again; the next claim has this number then
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    choose(at + (event.key === "j" ? 1 : -1));
  } else if (KEYS[event.key] || event.key === "u") {
    const group = event.key === "u" ? document : claims[at];
    const button = group?.querySelector(event.key === "u" ? "#undo-last button" : `[data-action=${KEYS[event.key]}]`);
    if (!button || button.disabled) return;
    event.preventDefault();
    button.click();
  }
});

document.querySelector("#queue")?.addEventListener("focusin", (event) => {
  const number = claims.indexOf(event.target.closest("#queue > li"));
  if (number >= 0 && number !== at && event.target !== claims[number]) {
    at = number;
    for (const claim of claims) claim.classList.toggle("selected", claim === claims[at]);
    history.replaceState(null, "", `#${at + 1}`);
  }
});

if (/^#\d+$/.test(location.hash)) choose(Number(location.hash.slice(1)) - 1);
