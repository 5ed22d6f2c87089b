// Elements and words that the panel, the filters and the table are made of.

/** Make an element; attributes that are null are left out, `on` holds listeners. Text stays text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** A name as people or documents wrote it, kept from turning the text around it. */
export const name = (text) => make("bdi", {}, text);

export const button = (label, action, attributes = {}) => make("button", { type: "button", ...attributes, on: { click: action } }, label);

export const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

/** What sets a claim apart, in words. */
export function badges(claim) {
  return [
    claim.negated ? make("span", { class: "badge negated", title: "Sentences deny it" }, "denied") : null,
    claim.possible ? make("span", { class: "badge possible", title: "Sentences say that it may be so" }, "possible") : null,
  ];
}
