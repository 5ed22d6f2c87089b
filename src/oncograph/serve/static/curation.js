// Lets a curator decide on the claims of a page: shows the buttons, asks for what a decision needs, and sends it.
const NAME = "oncograph-curator";
const TITLES = { accept: "Accept the claim", reject: "Reject the claim", correct: "Correct the claim", comment: "Comment on the claim", undo: "Take the decision back" };
const DOING = { accept: "Accept", reject: "Reject", correct: "Correct", comment: "Comment", undo: "Take back" };
const CHANGES = [
  ["subject", "Subject", "another entity of the graph"],
  ["predicate", "Relation", "another relation"],
  ["object", "Object", "another entity, or words"],
];

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function remember(name) {
  try { localStorage.setItem(NAME, name); } catch { /* a browser that keeps nothing asks again */ }
}

function recall() {
  try { return localStorage.getItem(NAME) || ""; } catch { return ""; }
}

function field(name, label, hint, { value = "", required = false, many = false } = {}) {
  const input = make(many ? "textarea" : "input", { name, id: `curation-${name}`, maxlength: many ? 5000 : 200, placeholder: hint, autocomplete: "off", ...(many ? { rows: 3 } : { type: "text" }) });
  input.value = value;
  input.required = required;
  return make("p", { class: "field" }, make("label", { for: input.id }, label), input);
}

function choice(name, label, values) {
  const select = make("select", { name, id: `curation-${name}` }, make("option", { value: "" }, "as it is"), ...values.map((value) => make("option", {}, value)));
  return make("p", { class: "field" }, make("label", { for: select.id }, label), select);
}

function ask(action, group, refused = "") {
  const alert = make("p", { role: "alert", class: "refused" });
  const form = make("form", { method: "dialog" },
    make("h2", { id: "curation-title" }, TITLES[action]),
    make("p", { class: "said" }, make("bdi", {}, group.dataset.words)),
    ...(action === "correct" ? [
      make("p", { class: "muted small" }, "What you leave empty stays."),
      ...CHANGES.map(([name, label, hint]) => field(name, label, hint)),
      choice("polarity", "Polarity", ["affirmed", "negated"]),
      choice("certainty", "Certainty", ["stated", "possible"]),
    ] : []),
    field("comment", action === "comment" ? "Comment" : "Why (optional)", "", { many: true, required: action === "comment" }),
    field("curator", "Your name", "kept with the decision", { value: recall(), required: true }),
    alert,
    make("div", { class: "actions" },
      make("button", { type: "submit", class: "strong" }, DOING[action]),
      make("button", { type: "button", "data-close": "" }, "Cancel")));
  const dialog = make("dialog", { class: "curation-dialog", "aria-labelledby": "curation-title" }, form);
  dialog.addEventListener("close", () => dialog.remove());
  form.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    form.querySelector("[type=submit]").disabled = true;
    alert.textContent = await send(action, group.dataset.claim, values);
    form.querySelector("[type=submit]").disabled = false;
    if (alert.textContent) return;
    remember(values.curator);
    dialog.close();
    location.reload();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  alert.textContent = refused;
  document.body.append(dialog);
  dialog.showModal();
  const first = [...form.querySelectorAll("input, textarea, select")].find((input) => !input.value || input.name === "comment");
  (first || form.querySelector("[type=submit]")).focus();
}

/** Accepts at once, as it is easily taken back; asks for the name of who has not given it yet. */
async function accept(group) {
  const curator = recall();
  if (!curator) return ask("accept", group);
  const refused = await send("accept", group.dataset.claim, { curator, comment: "" });
  if (refused) ask("accept", group, refused);
  else location.reload();
}

/** Sends a decision; gives why it was refused, or nothing. */
async function send(action, claim, { curator, comment, ...rest }) {
  const change = Object.fromEntries(Object.entries(rest).filter(([, value]) => value.trim()));
  try {
    const answer = await fetch("/curation/decisions", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ curator, decisions: [{ action, claim, comment, change }] }),
    });
    if (answer.ok) return "";
    const told = await answer.json().catch(() => ({}));
    return told.detail || `The server refused it (${answer.status}).`;
  } catch {
    return "The server does not answer; nothing was decided.";
  }
}

for (const group of document.querySelectorAll(".curation[data-claim]")) {
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-action]");
    if (button?.dataset.action === "accept") accept(group);
    else if (button) ask(button.dataset.action, group);
  });
}
