// What the explorer asks the server.
async function read(answer) {
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(typeof told.detail === "string" ? told.detail : `The server answered ${answer.status}.`);
  return told;
}

const ask = async (address) => read(await fetch(address));
const send = async (address, body) => read(await fetch(address, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }));
const part = encodeURIComponent;

export const draw = (asked) => send("/explore/drawing", asked);
export const countAround = (name, names) => send("/explore/around", { name, names });
export const readWhole = () => ask("/explore/whole");
export const readDocuments = () => ask("/api/v1/documents?limit=500");
export const readClaim = (id) => ask("/api/v1/claims/" + part(id));
export const readWays = (from, to) => ask(`/api/v1/paths?from=${part(from)}&to=${part(to)}`);
export const readPrefixes = async () => (await ask("/query/config.json")).prefixes;

export async function readClaimsOf(document) {
  const told = await ask("/explore/document?name=" + part(document));
  return { ...told, ids: new Set(told.claims.map(([id]) => id)), sides: told.claims.map(([, start, end]) => [start, end]) };
}

export const readRelation = (name, { predicate, inverse }, most) =>
  ask(`/api/v1/entities/${part(name)}/claims?predicate=${part(predicate)}&direction=${inverse ? "in" : "out"}&limit=${most}`);
