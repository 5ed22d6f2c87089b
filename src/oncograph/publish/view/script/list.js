// The same graph as two tables, for readers who cannot or would rather not use a drawing.
const PAGE = 100;
const listState = { tab: "entities", page: 0, word: "" };

function showList() {
  const box = byId("list");
  box.hidden = state.view !== "list";
  byId("show-list").setAttribute("aria-pressed", String(state.view === "list"));
  byId("mynetwork").classList.toggle("covered", state.view === "list");
  if (box.hidden) return;
  const rows = listState.tab === "entities" ? entityRows() : claimRows();
  const last = Math.max(0, Math.ceil(rows.length / PAGE) - 1);
  listState.page = Math.min(listState.page, last);
  const turn = (by) => { listState.page = Math.min(last, Math.max(0, listState.page + by)); showList(); box.scrollTop = 0; };
  const tab = (key, label) => button(label, () => { listState.tab = key; listState.page = 0; showList(); }, { role: "tab", "aria-selected": String(listState.tab === key), id: "tab-" + key });
  const heads = listState.tab === "entities" ? ["Entity", "Class", "Links", "Also called"] : ["Subject", "Relation", "Object", "How", "Sure", "Sentences"];
  const typing = document.activeElement && document.activeElement.id === "list-word";
  box.replaceChildren(
    make("div", { class: "list-head" },
      make("div", { role: "tablist", "aria-label": "Tables" }, tab("entities", `Entities (${shown.nodes.length.toLocaleString("en")})`), tab("claims", `Claims (${shownClaims().length.toLocaleString("en")})`)),
      make("input", { type: "search", id: "list-word", class: "narrow", value: listState.word, placeholder: "Narrow this table", "aria-label": "Narrow this table", on: { input: (event) => { listState.word = event.target.value; listState.page = 0; showList(); } } }),
      button("Back to the drawing", () => change({ view: "graph" }, { record: false }))),
    make("div", { role: "tabpanel", "aria-labelledby": "tab-" + listState.tab, class: "list-body" }, make("table", {}, make("caption", { class: "off-screen" }, listState.tab === "entities" ? "Entities shown" : "Claims shown"),
      make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)))), make("tbody", {}, ...rows.slice(listState.page * PAGE, (listState.page + 1) * PAGE).map((row) => row())))),
    last > 0 ? make("p", { class: "pager" }, button("Earlier", () => turn(-1), { disabled: listState.page === 0 }), ` ${listState.page + 1} of ${last + 1} `, button("Later", () => turn(1), { disabled: listState.page === last })) : "");
  if (typing) {
    byId("list-word").focus();
    byId("list-word").setSelectionRange(listState.word.length, listState.word.length);
  }
}

// Facts with a literal value belong to what is shown as much as links do.
function shownClaims() {
  return claims.filter((claim) => (claim.o >= 0 && claim.o !== claim.s ? edgesInDrawing.has(claim.id) : inDrawing.has(claim.s) && passes(claim)));
}

function entityRows() {
  const word = fold(listState.word);
  const fits = (id) => !word || fold([labelOf(id), ...(nodeList[id].a || []), classOf(id).label].join(" ")).includes(word);
  return shown.nodes.filter(fits).sort((a, b) => labelOf(a).localeCompare(labelOf(b), "en") || a - b).map((id) => () => make("tr", {},
    make("th", { scope: "row" }, entityButton(id)), make("td", {}, classOf(id).label), make("td", { class: "number" }, String(nodeList[id].g)), make("td", {}, ...(nodeList[id].a || []).slice(0, 4).flatMap((text, at) => [at ? ", " : null, name(text)]))));
}

function claimRows() {
  const word = fold(listState.word);
  const textOf = (claim) => fold([labelOf(claim.s), predicateLabel(claim), claim.o >= 0 ? labelOf(claim.o) : claim.text].join(" "));
  return shownClaims().filter((claim) => !word || textOf(claim).includes(word)).map((claim) => () => make("tr", { class: claim.kind },
    make("td", {}, entityButton(claim.s)),
    make("td", {}, make("button", { type: "button", class: "relation", on: { click: () => change({ select: { claim: claim.id } }) } }, (claim.negated ? "not " : "") + predicateLabel(claim))),
    make("td", {}, claim.o >= 0 ? entityButton(claim.o) : name(claim.text)), make("td", {}, KIND_LABELS[claim.kind]), make("td", { class: "number" }, percent(claim.confidence)), make("td", { class: "number" }, String(claim.proofs.length + claim.more))));
}
