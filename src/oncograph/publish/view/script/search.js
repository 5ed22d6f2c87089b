// Search as you type over names, synonyms and identifiers, best first.
const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[\s\-‐-―_/]+/g, " ").trim();
let names = null;

function buildNames() {
  names = [];
  nodeList.forEach((node, id) => {
    names.push([fold(node.l), id, "", node.l]);
    for (const other of node.a || []) names.push([fold(other), id, "also", other]);
    for (const [notation, iri] of node.n || []) {
      if (notation) names.push([fold(notation), id, "id", notation]);
      else if (iri) names.push([fold(iri.split(/[/#]/).pop()), id, "id", iri]);
    }
  });
}

// Lower is better: whole name, beginning, beginning of a word, within; then identifiers after names.
function rate(text, query) {
  if (text === query) return 0;
  if (text.startsWith(query)) return 1;
  const at = text.indexOf(query);
  if (at > 0) return /[\s:(]/.test(text[at - 1]) ? 2 : 3;
  return -1;
}

function find(query, most = 12) {
  if (!names) buildNames();
  const wanted = fold(query);
  if (!wanted) return [];
  const words = wanted.split(" ");
  const best = new Map();
  for (const entry of names) {
    const [text, id, sort] = entry;
    let score = rate(text, wanted);
    if (score < 0 && words.length > 1 && words.every((word) => text.includes(word))) score = 4;
    if (score < 0) continue;
    score = score * 4 + (sort === "" ? 0 : sort === "also" ? 1 : 2);
    const known = best.get(id);
    if (!known || score < known.score) best.set(id, { id, score, sort, text: entry[3] });
  }
  return [...best.values()].sort((a, b) => a.score - b.score || nodeList[b.id].g - nodeList[a.id].g || a.id - b.id).slice(0, most);
}

let answers = [];
let current = -1;
let onChoose = null; // set while the reader picks the other end of a path

function showAnswers() {
  const began = performance.now();
  const box = byId("answers");
  const query = byId("query").value;
  answers = find(query);
  document.documentElement.dataset.searchTime = (performance.now() - began).toFixed(1);
  current = answers.length ? 0 : -1;
  box.replaceChildren(...answers.map((answer, place) => make("li", {
    role: "option", id: "answer-" + place, "aria-selected": place === current,
    on: { mousedown: (event) => { event.preventDefault(); choose(place); } },
  }, icon(answer.id), make("span", { class: "answer-name" }, name(labelOf(answer.id)), answer.sort && make("small", {}, answer.sort === "id" ? "" : "also ", name(answer.text))), make("small", { class: "answer-class" }, classOf(answer.id).label))));
  if (!answers.length && query.trim()) box.replaceChildren(make("li", { class: "none", role: "option", "aria-disabled": "true" }, "No entity has this name or identifier."));
  box.hidden = !query.trim();
  mark();
}

function mark() {
  const input = byId("query");
  input.setAttribute("aria-expanded", String(!byId("answers").hidden));
  if (current >= 0 && !byId("answers").hidden) input.setAttribute("aria-activedescendant", "answer-" + current);
  else input.removeAttribute("aria-activedescendant");
  [...byId("answers").children].forEach((item, place) => {
    item.setAttribute("aria-selected", String(place === current));
    if (place === current) item.scrollIntoView({ block: "nearest" });
  });
}

function hideAnswers() {
  byId("answers").hidden = true;
  mark();
}

function choose(place) {
  const answer = answers[place];
  if (!answer) return;
  hideAnswers();
  byId("query").value = "";
  byId("query").placeholder = "Search a name, synonym or identifier";
  if (onChoose) {
    const then = onChoose;
    onChoose = null;
    then(answer.id);
  } else jumpTo(answer.id);
}

function searchKey(event) {
  const open = !byId("answers").hidden && answers.length;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!open) return showAnswers();
    event.preventDefault();
    current = (current + (event.key === "ArrowDown" ? 1 : answers.length - 1)) % answers.length;
    mark();
  } else if (event.key === "Enter" && open) {
    event.preventDefault();
    choose(current);
  } else if (event.key === "Escape") {
    onChoose = null;
    byId("query").value = "";
    byId("query").placeholder = "Search a name, synonym or identifier";
    hideAnswers();
    byId("mynetwork").focus();
  }
}
