// The reader: marks the words of claims in a document's text, and steps, filters and opens them.
// Offsets are code points, as the server cut the text; no position is counted in UTF-16 here.

const text = document.getElementById("text");
const list = document.getElementById("entries");
const card = document.getElementById("card");
const form = document.getElementById("filters");
const grip = document.getElementById("grip");
const beside = document.getElementById("beside");
const ROLES = { s: "subject", o: "object", c: "cue" };
const FIELDS = ["words", "relation", "polarity", "certainty", "status", "confidence"];

const pieces = [...text.querySelectorAll("[data-at]")];
const starts = pieces.map((piece) => Number(piece.dataset.at));
const entries = [...list.querySelectorAll(".entry")].map((element) => ({
  element,
  id: element.dataset.claim,
  start: Number(element.dataset.start),
  end: Number(element.dataset.end),
  words: element.dataset.words.split(" ").filter(Boolean).map((word) => {
    const [first, last] = word.slice(1).split("-").map(Number);
    return { role: ROLES[word[0]], first, last };
  }),
  folded: element.querySelector(".entry-line").textContent.toLowerCase(),
}));
let shown = entries;
let selected = null;
let marked = [];
let pinned = false;
let hideTimer = 0;

// --- pieces of the text ---

function pieceAt(offset) {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function piecesOf(first, last) {
  const found = [];
  for (let at = pieceAt(first); at < pieces.length && starts[at] < last; at += 1) found.push(pieces[at]);
  return found;
}

function unmark() {
  for (const piece of marked) piece.classList.remove("here", "subject", "object", "cue");
  marked = [];
}

function mark(claims) {
  unmark();
  for (const claim of claims) {
    for (const piece of piecesOf(claim.start, claim.end)) {
      piece.classList.add("here");
      marked.push(piece);
    }
    for (const word of claim.words) {
      for (const piece of piecesOf(word.first, word.last)) {
        piece.classList.add(word.role);
        marked.push(piece);
      }
    }
  }
}

const claimsAt = (offset) => shown.filter((entry) => entry.start <= offset && offset < entry.end);
const claimsOf = (sentence) => {
  const [start, end] = sentence.slice(1).split("-").map(Number);
  return shown.filter((entry) => entry.start < end && entry.end === end && entry.start <= end && (entry.start === start || entry.end === end));
};

// --- the card ---

function fillCard(claims) {
  const head = document.createElement("p");
  head.className = "card-head";
  head.textContent = claims.length === 1 ? "1 claim here" : `${claims.length} claims here`;
  const items = document.createElement("ul");
  for (const claim of claims) {
    const item = document.createElement("li");
    item.dataset.claim = claim.id;
    const line = claim.element.querySelector(".entry-line").cloneNode(true);
    const facts = claim.element.querySelector(".entry-facts").cloneNode(true);
    const pick = document.createElement("button");
    pick.type = "button";
    pick.className = "pick";
    pick.textContent = "Show";
    pick.setAttribute("aria-label", `Show ${line.textContent.trim().replace(/\s+/g, " ")} in the list`);
    pick.addEventListener("click", () => select(claim, { scroll: "list" }));
    item.addEventListener("pointerenter", () => mark([claim]));
    item.addEventListener("focusin", () => mark([claim]));
    item.append(line, facts, pick);
    items.append(item);
  }
  card.replaceChildren(head, items);
}

function placeCard(anchor) {
  card.hidden = false;
  const box = anchor.getBoundingClientRect();
  const room = card.getBoundingClientRect();
  const width = document.documentElement.clientWidth;
  const left = Math.max(8, Math.min(box.left, width - room.width - 8));
  const below = box.bottom + 6;
  const top = below + room.height > innerHeight - 8 && box.top - room.height - 6 > 60 ? box.top - room.height - 6 : below;
  card.style.setProperty("left", `${left + scrollX}px`);
  card.style.setProperty("top", `${top + scrollY}px`);
}

function showCard(claims, anchor) {
  clearTimeout(hideTimer);
  if (!claims.length) return hideCard();
  fillCard(claims);
  mark(selected && claims.includes(selected) ? [selected] : claims);
  placeCard(anchor);
}

function hideCard() {
  pinned = false;
  card.hidden = true;
  unmark();
  if (selected) mark([selected]);
}

const hideSoon = () => {
  clearTimeout(hideTimer);
  hideTimer = setTimeout(() => {
    if (!pinned && !card.matches(":hover") && !card.contains(document.activeElement)) hideCard();
  }, 220);
};

text.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch" || pinned) return;
  const piece = event.target.closest(".claimed");
  if (piece) showCard(claimsAt(Number(piece.dataset.at)), piece);
  else hideSoon();
});
text.addEventListener("pointerleave", hideSoon);
card.addEventListener("pointerleave", hideSoon);
text.addEventListener("click", (event) => {
  if (String(getSelection())) return; // words are being copied
  const button = event.target.closest(".claims-here");
  const piece = event.target.closest(".claimed");
  const claims = button ? claimsOf(button.dataset.sentence) : piece ? claimsAt(Number(piece.dataset.at)) : [];
  if (!claims.length) return hideCard();
  showCard(claims, button ?? piece);
  pinned = true;
  if (button) card.querySelector("a")?.focus();
  if (!claims.includes(selected)) select(claims[0], { scroll: "list" });
});
text.addEventListener("focusin", (event) => {
  const button = event.target.closest(".claims-here");
  if (button && !pinned) showCard(claimsOf(button.dataset.sentence), button);
});
text.addEventListener("focusout", hideSoon);
card.addEventListener("focusout", hideSoon);
document.addEventListener("pointerdown", (event) => {
  if (pinned && !event.target.closest("#card, #text")) hideCard();
});

// --- choosing a claim ---

function select(entry, { scroll = "both" } = {}) {
  selected?.element.classList.remove("selected");
  selected?.element.querySelector(".entry-line").removeAttribute("aria-current");
  selected = entry;
  offerDecision(entry);
  if (!entry) {
    unmark();
    keepState();
    return;
  }
  entry.element.classList.add("selected");
  entry.element.querySelector(".entry-line").setAttribute("aria-current", "true");
  mark([entry]);
  if (scroll !== "none") showInList(entry.element);
  if (scroll === "both") piecesOf(entry.start, entry.end)[0]?.scrollIntoView({ block: "center" });
  keepState();
  document.dispatchEvent(new CustomEvent("claim-selected", { detail: { claim: entry.id, element: entry.element } }));
}

function showInList(element) {
  const room = document.getElementById("beside-body");
  if (room.scrollHeight <= room.clientHeight) return;
  const box = element.getBoundingClientRect();
  const frame = room.getBoundingClientRect();
  const head = form.offsetHeight;
  if (box.top < frame.top + head || box.bottom > frame.bottom) room.scrollTop += box.top - frame.top - frame.height / 2;
}

function step(by) {
  if (!shown.length) return;
  const at = shown.indexOf(selected);
  const next = at < 0 ? (by > 0 ? 0 : shown.length - 1) : Math.min(shown.length - 1, Math.max(0, at + by));
  pinned = false;
  card.hidden = true;
  select(shown[next]);
}

list.addEventListener("click", (event) => {
  const element = event.target.closest(".entry");
  if (!element || event.target.closest(".curation, button") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const entry = entries.find((one) => one.element === element);
  if (entry === selected && event.target.closest("a")) return; // the second click opens the claim
  event.preventDefault();
  select(entry);
  setDrawer(false);
});
list.addEventListener("focusin", (event) => {
  const element = event.target.closest(".entry");
  if (element) mark([entries.find((one) => one.element === element)]);
});
list.addEventListener("pointerover", (event) => {
  const element = event.target.closest(".entry");
  if (element && event.pointerType !== "touch") mark([entries.find((one) => one.element === element)]);
});
list.addEventListener("pointerleave", () => {
  unmark();
  if (selected) mark([selected]);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const writing = event.target.closest("input:not([type=range]), textarea, select, [contenteditable]");
  if (event.key === "Escape" && !writing) {
    const button = pinned && card.contains(document.activeElement) ? text.querySelector(".claims-here:focus") : null;
    if (!card.hidden) hideCard();
    else select(null);
    button?.focus();
  } else if (writing) {
    return;
  } else if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    step(event.key === "j" ? 1 : -1);
  } else if (event.key === "Enter" && selected && !event.target.closest("a, button, summary, input")) {
    location.href = selected.element.querySelector("a").href;
  }
});

// --- deciding: one group of buttons, which stands at the chosen claim (curation.js sends the decision) ---

const deciding = document.querySelector("#decide-home > .curation");

function offerDecision(entry) {
  if (!deciding) return;
  if (!entry) {
    document.getElementById("decide-home").append(deciding);
    return;
  }
  const words = entry.element.querySelector(".entry-line").textContent.trim().replace(/\s+/g, " ");
  const status = entry.element.dataset.status;
  Object.assign(deciding.dataset, { claim: entry.id, words, status });
  deciding.setAttribute("aria-label", `Decide on: ${words}`);
  deciding.querySelector("[data-action=accept]").disabled = status === "Accepted";
  deciding.querySelector("[data-action=reject]").disabled = status === "Rejected";
  entry.element.append(deciding);
}

const DECISIONS = { a: "accept", r: "reject", c: "correct" };
document.addEventListener("keydown", (event) => {
  if (!deciding || !selected || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  const button = DECISIONS[event.key] && deciding.querySelector(`[data-action=${DECISIONS[event.key]}]`);
  if (button && !button.disabled) {
    event.preventDefault();
    button.click();
  }
});

// --- filters; their state is in the address ---

function filter() {
  const wanted = new FormData(form);
  const words = wanted.get("words").trim().toLowerCase();
  const least = Number(wanted.get("confidence"));
  shown = entries.filter((entry) => {
    const { relation, polarity, certainty, status, confidence } = entry.element.dataset;
    const fits =
      (!words || entry.folded.includes(words)) &&
      (!wanted.get("relation") || wanted.get("relation") === relation) &&
      (!wanted.get("polarity") || wanted.get("polarity") === polarity) &&
      (!wanted.get("certainty") || wanted.get("certainty") === certainty) &&
      (!wanted.get("status") || wanted.get("status") === status) &&
      Number(confidence) >= least;
    entry.element.hidden = !fits;
    return fits;
  });
  const counts = shown.length === entries.length ? `${entries.length.toLocaleString("en")}` : `${shown.length.toLocaleString("en")} of ${entries.length.toLocaleString("en")}`;
  const say = `${counts} ${entries.length === 1 ? "claim" : "claims"}`;
  document.getElementById("shown").textContent = say;
  document.getElementById("grip-text").textContent = say;
  document.getElementById("least").textContent = least.toFixed(2);
  dimOthers();
  if (selected && !shown.includes(selected)) select(null);
  keepState();
}

function dimOthers() {
  const all = shown.length === entries.length;
  const covered = new Set();
  if (!all) for (const entry of shown) for (const piece of piecesOf(entry.start, entry.end)) covered.add(piece);
  for (const piece of pieces) piece.classList.toggle("left-out", !all && !covered.has(piece));
}

function keepState() {
  const state = new URLSearchParams();
  const wanted = new FormData(form);
  for (const name of FIELDS) {
    const value = wanted.get(name);
    if (value && !(name === "confidence" && Number(value) === 0)) state.set(name, value);
  }
  if (selected) state.set("claim", selected.id);
  const query = String(state);
  history.replaceState(null, "", location.pathname + (query ? "?" + query : "") + location.hash);
}

function readState() {
  const state = new URLSearchParams(location.search);
  for (const name of FIELDS) if (state.has(name)) form.elements[name].value = state.get(name);
  filter();
  const claim = entries.find((entry) => entry.id === state.get("claim"));
  if (claim && shown.includes(claim)) select(claim);
  else readPlace();
}

function readPlace() {
  const place = /^#c(\d+)-(\d+)$/.exec(location.hash);
  if (!place) return;
  const [start, end] = place.slice(1).map(Number);
  const entry = shown.find((one) => one.start === start && one.end === end) ?? claimsAt(start)[0];
  if (entry) select(entry);
}

form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(filter));
addEventListener("hashchange", readPlace);

// --- the drawer of small screens ---

function setDrawer(open) {
  beside.classList.toggle("open", open);
  grip.setAttribute("aria-expanded", String(open));
}
grip.addEventListener("click", () => setDrawer(!beside.classList.contains("open")));

readState();
document.documentElement.dataset.ready = "reader";
