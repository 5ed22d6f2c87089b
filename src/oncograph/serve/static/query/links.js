// Links of an answer lead to the pages of this server, with labels beside the names.

const known = new Map(); // IRI → [label, name, path], or null for what the graph does not describe

/** Watch a part of the page: whatever link to an IRI appears in it gets its label, and its page where there is one. */
export function labelAnswers(room) {
  const refresh = debounce(() => label(room), 60);
  new MutationObserver(refresh).observe(room, { childList: true, subtree: true });
  refresh();
}

async function label(room) {
  const links = [...room.querySelectorAll(".yasr a.iri")].filter((link) => !link.dataset.iri);
  if (!links.length) return;
  for (const link of links) link.dataset.iri = link.getAttribute("href");
  await look([...new Set(links.map((link) => link.dataset.iri))].filter((iri) => !known.has(iri)));
  for (const link of links) show(link, known.get(link.dataset.iri));
}

async function look(iris) {
  for (let at = 0; at < iris.length; at += 500) {
    const some = iris.slice(at, at + 500);
    const answer = await fetch("/query/labels", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ iris: some }),
    });
    const things = answer.ok ? await answer.json() : {};
    for (const iri of some) known.set(iri, things[iri] ?? null);
  }
}

function show(link, thing) {
  link.rel = "noreferrer";
  if (!thing) return;
  const [label, name, path] = thing;
  link.title = link.dataset.iri;
  link.textContent = name;
  if (path) {
    link.href = path;
    link.removeAttribute("target");
  }
  if (label && label !== name) {
    const words = document.createElement("span");
    words.className = "label-beside";
    words.textContent = label;
    link.after(" ", words);
  }
}

function debounce(act, wait) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };
}
