// The query page: YASGUI with this graph's endpoint, prefixes and names, and nothing that leaves the machine.
import { completeNames } from "./complete.js";
import { Chart } from "./chart.js";
import { TripleGraph } from "./triples.js";
import { labelAnswers } from "./links.js";
import { nameControls } from "./controls.js";

const START = `SELECT ?drug ?label WHERE {
  entity:HER2 onco:targetedBy ?drug .
  ?drug rdfs:label ?label .
}
ORDER BY ?label`;

const config = await (await fetch("/query/config.json")).json();
const { Yasqe, Yasr } = Yasgui;

Yasqe.defaults.autocompleters = [];
Yasqe.registerAutocompleter(completeNames(config), true);
Yasqe.defaults.value = declare(START);
Yasqe.defaults.createShareableLink = null;
Yasr.defaults.prefixes = config.prefixes;
Yasr.defaults.maxPersistentResponseSize = 100_000;
Yasr.registerPlugin("chart", Chart, true);
Yasr.registerPlugin("graph", TripleGraph, true);
for (const name of ["chart", "graph"]) if (!Yasr.defaults.pluginOrder.includes(name)) Yasr.defaults.pluginOrder.push(name);

const room = document.getElementById("editor");
const yasgui = new Yasgui(room, {
  requestConfig: {
    endpoint: new URL("/sparql", location.href).href,
    method: "POST",
    acceptHeaderGraph: "application/n-triples,text/turtle;q=0.9,*/*;q=0.5",
    acceptHeaderSelect: "application/sparql-results+json,*/*;q=0.5",
  },
  copyEndpointOnNewTab: false,
  corsProxy: undefined,
  endpointCatalogueOptions: { getData: () => [], keys: [], renderItem: () => undefined },
  persistenceId: (instance) => `oncograph_${location.host}`,
  autofocus: false,
});

/** Put the PREFIX lines that a query needs before it, so that it also runs elsewhere. */
function declare(query) {
  const head = findUndeclared(query).map(([prefix, iri]) => `PREFIX ${prefix}: <${iri}>\n`).join("");
  return `${head}${query}`;
}

/** The known prefixes that a query uses and does not declare, each with its IRI. */
function findUndeclared(query) {
  const uses = (prefix) => new RegExp(`(^|[^\\w<-])${prefix}:\\w`).test(query);
  const declares = (prefix) => new RegExp(`\\bPREFIX\\s+${prefix}:`, "i").test(query);
  return Object.entries(config.prefixes).filter(([prefix]) => uses(prefix) && !declares(prefix));
}

/** Declare what was typed, pasted or completed, as soon as the writer rests. */
let resting;
room.addEventListener("keyup", rest);
room.addEventListener("paste", rest);

function rest() {
  clearTimeout(resting);
  resting = setTimeout(() => {
    const editor = yasgui.getTab()?.getYasqe();
    if (!editor || editor.state.completionActive) return;
    const missing = findUndeclared(editor.getValue());
    if (missing.length) editor.addPrefixes(Object.fromEntries(missing));
  }, 300);
}

labelAnswers(room);
nameControls(room);

document.getElementById("examples").addEventListener("click", (event) => {
  const button = event.target.closest("button[data-query]");
  if (!button) return;
  const tab = yasgui.addTab(true, { name: button.dataset.name, yasqe: { value: declare(button.dataset.query) } });
  tab.query();
  event.currentTarget.open = false;
  room.scrollIntoView({ block: "nearest" });
});
