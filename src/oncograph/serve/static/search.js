// The search box of every page: answers as you type, by keyboard as a combobox. Without it the form opens /search.
// Boxes: every form with role="search". `data-to="explore"` opens entities in the explorer.

const WAIT = 70;
const KINDS = { entity: "Entities", class: "Classes", claim: "Claims", document: "Documents", evidence: "Sentences" };
const MOST = { entity: 5, class: 2, claim: 3, document: 3, evidence: 3 };
let looks = null;

export async function readLooks() {
  looks ??= fetch("/classes.json").then((answer) => (answer.ok ? answer.json() : {})).catch(() => ({}));
  return looks;
}

export function makeShape(look) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "shape");
  svg.setAttribute("width", "14");
  svg.setAttribute("height", "14");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("fill", look?.color ?? "#8A8F98");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", "#shape-" + (look?.shape ?? "dot"));
  svg.append(use);
  return svg;
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function makeText(snippet, plain) {
  const text = make("bdi");
  for (const [piece, isHit] of snippet?.length ? snippet : [[plain, false]]) text.append(isHit ? make("b", {}, piece) : piece);
  return text;
}

// What sets a claim apart, in words.
function describe(claim) {
  const words = [claim.polarity === "Negated" ? "denied" : "", claim.certainty === "Possible" ? "possible" : "", claim.disputed ? "disputed" : ""];
  return words.filter(Boolean).join(", ");
}

function makeAnswer(result, id, classes) {
  const look = classes[result.class];
  const number = result.claims ? result.claims.toLocaleString("en") : "";
  const sentence = result.kind === "evidence";
  const [one, many] = { class: ["entity", "entities"], claim: ["sentence", "sentences"] }[result.kind] ?? ["claim", "claims"];
  const told = result.claim ? describe(result.claim) : look ? look.label : "";
  return make(
    "li",
    { role: "option", id, "aria-selected": "false", "data-path": result.path, class: sentence ? "sentence" : undefined },
    result.kind === "entity" ? makeShape(look) : null,
    make(
      "span",
      { class: "answer-name" },
      result.matched ? make("bdi", {}, result.label) : makeText(result.snippet, result.label),
      result.matched ? make("small", {}, makeText(result.snippet, result.matched)) : null,
      sentence ? make("small", {}, result.label) : null,
      result.kind === "document" ? make("small", {}, result.name.replace(/^doc:/, "")) : null,
    ),
    make("span", { class: "answer-note" }, told, told && number ? " · " : "", number ? make("span", { class: "number" }, `${number} ${result.claims === 1 ? one : many}`) : null),
  );
}

// All kinds at a glance: a few of each, more where there are no others.
function takeFew(results) {
  const counts = {};
  for (const { kind } of results) counts[kind] = (counts[kind] ?? 0) + 1;
  if (Object.keys(counts).length < 3) return results;
  const taken = {};
  return results.filter(({ kind }) => (taken[kind] = (taken[kind] ?? 0) + 1) <= (MOST[kind] ?? 3));
}

function attach(form) {
  const input = form.querySelector("input");
  const list = make("ul", { role: "listbox", class: "answers", id: `${input.id}-answers`, "aria-label": "Found", hidden: "" });
  const said = make("div", { role: "status", class: "off-screen" });
  form.append(list, said);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(name, value);
  let chosen = -1;
  let asked = "";
  let timer = 0;
  let running = null;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) choose(-1);
  };
  const choose = (at) => {
    const all = options();
    chosen = all.length ? at : -1;
    all.forEach((option, place) => option.setAttribute("aria-selected", String(place === chosen)));
    if (chosen >= 0) {
      input.setAttribute("aria-activedescendant", all[chosen].id);
      all[chosen].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const open = (option) => {
    show(false);
    if (!option.result) {
      location.href = option.dataset.path;
      return;
    }
    const event = new CustomEvent("search-choice", { bubbles: true, cancelable: true, detail: { ...option.result } });
    if (form.dispatchEvent(event)) location.href = option.dataset.path;
  };
  const ask = async () => {
    const query = input.value.trim();
    if (query === asked) return;
    asked = query;
    running?.abort();
    if (!query) {
      list.replaceChildren();
      show(false);
      return;
    }
    running = new AbortController();
    try {
      const signal = running.signal;
      const [answer, classes] = await Promise.all([fetch("/api/v1/search?q=" + encodeURIComponent(query), { signal }), readLooks()]);
      if (!answer.ok) throw new Error(String(answer.status));
      const { results, corrected } = await answer.json();
      if (query !== asked) return;
      fill(takeFew(results), classes, corrected);
    } catch (error) {
      if (error.name === "AbortError") return;
      list.replaceChildren(make("li", { class: "none", role: "presentation" }, "Press Enter to search."));
      show(document.activeElement === input);
    }
  };
  const fill = (results, classes, corrected) => {
    const rows = [];
    let kind = "";
    if (corrected) rows.push(make("li", { class: "none", role: "presentation" }, "Nothing is written so. Shown: ", make("b", {}, corrected)));
    results.forEach((result, at) => {
      if (result.kind !== kind) {
        kind = result.kind;
        rows.push(make("li", { class: "answers-head", role: "presentation" }, KINDS[kind] ?? kind));
      }
      const option = makeAnswer(result, `${input.id}-answer-${at}`, classes);
      option.result = result;
      rows.push(option);
    });
    if (!results.length) rows.push(make("li", { class: "none", role: "presentation" }, "Nothing has these words."));
    if (results.length) {
      const path = "/search?q=" + encodeURIComponent(asked);
      rows.push(make("li", { role: "option", id: `${input.id}-answer-all`, class: "all", "aria-selected": "false", "data-path": path }, make("span", { class: "answer-name" }, "All that was found")));
    }
    list.replaceChildren(...rows);
    chosen = -1;
    said.textContent = results.length ? `${results.length} shown${corrected ? ` for ${corrected}` : ""}` : "Nothing found";
    input.removeAttribute("aria-activedescendant");
    show(document.activeElement === input);
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("focus", () => {
    readLooks();
    if (list.childElementCount && input.value.trim()) show(true);
  });
  input.addEventListener("blur", () => show(false));
  input.addEventListener("keydown", (event) => {
    const all = options();
    if (event.key === "Escape") {
      if (list.hidden) input.blur();
      else show(false);
      event.preventDefault();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
      event.preventDefault();
      if (list.hidden) show(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(chosen < 0 ? (step > 0 ? 0 : all.length - 1) : (chosen + step + all.length) % all.length);
    } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
      event.preventDefault();
      open(all[chosen]);
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) open(option);
  });
}

document.querySelectorAll("form[role=search]").forEach(attach);
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable=true], [contenteditable='']")) return;
  event.preventDefault();
  const input = document.querySelector("main form[role=search] input") ?? document.getElementById("search");
  input?.focus();
  input?.select();
});
