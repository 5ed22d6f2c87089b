// A little help to draw.

/** Make an SVG element with attributes. */
export function draw(name, attributes = {}, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

/** Cut an IRI down to what a reader knows it by. */
export function shorten(value) {
  return decodeURIComponent(value.split(/[#/]/).filter(Boolean).pop() ?? value).replaceAll("_", " ");
}

/** Give an icon for the bar of views. */
export function icon(path) {
  const svg = draw("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" });
  svg.append(draw("path", { d: path, fill: "none", stroke: "currentColor", "stroke-width": 1.6 }));
  return svg;
}
