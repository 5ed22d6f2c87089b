// Completion of classes, relations and entities of this graph, by their names and labels.

const MOST = 30;

/** Make the completer: classes and relations are known beforehand, entities are searched for. */
export function completeNames({ prefixes, terms }) {
  const found = new Map(); // what is written into the query → what it is called
  return {
    name: "names",
    bulk: false,
    autoShow: true,
    persistenceId: null,
    isValidCompletionPosition: (editor) => {
      const token = editor.getCompleteToken();
      if (found.has(token.string)) return false; // it stands there in full
      return token.type !== "comment" && /^[<\w][\w:.-]*$/.test(token.string) && token.string.length > 1 && !isKeyword(token);
    },
    preProcessToken: (_, token) => ({ ...token, autocompletionString: token.string }),
    get: async (_, token) => {
      const typed = (token?.autocompletionString ?? "").replace(/^</, "");
      const [prefix, local] = typed.includes(":") ? typed.split(/:(.*)/s) : ["", typed];
      const wanted = local.toLowerCase();
      const names = terms.filter(([name, label]) => fits(name, label, prefix, wanted)).slice(0, MOST);
      for (const [name, label, kind] of names) found.set(name, `${label} (${kind})`);
      const entities = prefix && prefix !== "entity" ? [] : await searchEntities(local, prefixes, found);
      return [...names.map(([name]) => name), ...entities].slice(0, MOST);
    },
    postProcessSuggestion: (_, __, suggested) => suggested,
    postprocessHints: (_, hints) => hints.map((hint) => ({ ...hint, displayText: describe(hint.text, found) })),
  };
}

const KEYWORDS = /^(select|construct|describe|ask|where|filter|optional|graph|union|order|by|group|having|limit|offset|distinct|prefix|values|bind|as|minus|exists|not|in|count|sum|avg|min|max|desc|asc)$/i;

function isKeyword(token) {
  return token.type === "keyword" || KEYWORDS.test(token.string);
}

function fits(name, label, prefix, wanted) {
  const [ownPrefix, local] = name.split(/:(.*)/s);
  if (prefix && ownPrefix !== prefix) return false;
  return local.toLowerCase().startsWith(wanted) || label.toLowerCase().includes(wanted);
}

async function searchEntities(text, prefixes, found) {
  if (!text) return [];
  const answer = await fetch(`/api/v1/search?kind=entity&limit=${MOST}&q=${encodeURIComponent(text.replaceAll("_", " "))}`);
  if (!answer.ok) return [];
  const { results } = await answer.json();
  return results
    .filter((one) => one.kind === "entity")
    .map((one) => {
      const written = write(one.name, prefixes);
      found.set(written, `${one.label} (${one.class || "entity"})`);
      return written;
    });
}

/** Write a prefixed name as SPARQL takes it; as an IRI where its local part has other signs. */
function write(name, prefixes) {
  if (name.startsWith("<")) return name;
  const [prefix, local] = name.split(/:(.*)/s);
  return /^\w(?:[\w.-]*[\w-])?$/.test(local) || !(prefix in prefixes) ? name : `<${prefixes[prefix]}${local}>`;
}

function describe(written, found) {
  const label = found.get(written);
  return label ? `${written} — ${label}` : written;
}
