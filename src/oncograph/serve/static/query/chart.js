// Bars for answers that have a number in each row.
import { draw, icon, shorten } from "./svg.js";

const MOST_BARS = 40;
const ROW = 24;
const LABEL = 260;
const WIDTH = 900;

/** A view of YASR: the first column with words against the first with numbers. */
export class Chart {
  constructor(yasr) {
    this.yasr = yasr;
    this.priority = 5;
    this.label = "Chart";
  }

  canHandleResults() {
    return Boolean(this.columns());
  }

  columns() {
    const rows = this.yasr.results?.getBindings?.() ?? [];
    const names = this.yasr.results?.getVariables?.() ?? [];
    if (rows.length < 2) return null;
    const number = names.find((name) => rows.every((row) => row[name] && Number.isFinite(Number(row[name].value)) && row[name].value.trim() !== ""));
    const words = names.find((name) => name !== number && rows.some((row) => row[name]));
    return number && words ? { number, words, rows } : null;
  }

  draw() {
    const { number, words, rows } = this.columns();
    const shown = rows.slice(0, MOST_BARS);
    const most = Math.max(...shown.map((row) => Math.abs(Number(row[number].value))), 1e-9);
    const height = shown.length * ROW + 10;
    const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "chart", role: "img" });
    svg.append(draw("title", {}, `${number} by ${words}`));
    shown.forEach((row, at) => svg.append(...bar(row[words], Number(row[number].value), most, at)));
    const figure = document.createElement("figure");
    figure.className = "chart-room";
    figure.append(svg);
    if (rows.length > shown.length) {
      const note = document.createElement("figcaption");
      note.textContent = `The first ${shown.length} of ${rows.length} rows.`;
      figure.append(note);
    }
    this.yasr.resultsEl.replaceChildren(figure);
  }

  getIcon() {
    return icon("M2 14V8m4 6V3m4 11V6m4 8V9");
  }
}

function bar(term, value, most, at) {
  const text = term ? (term.type === "uri" ? shorten(term.value) : term.value) : "";
  const cut = text.length > 38 ? `${text.slice(0, 37)}…` : text;
  const length = Math.max(1, (Math.abs(value) / most) * (WIDTH - LABEL - 90));
  const y = at * ROW + 5;
  return [
    draw("text", { x: LABEL - 8, y: y + 13, "text-anchor": "end", class: "chart-label" }, cut),
    draw("rect", { x: LABEL, y, width: length, height: ROW - 7, rx: 2, class: value < 0 ? "bar below" : "bar" }),
    draw("text", { x: LABEL + length + 6, y: y + 13, class: "chart-value" }, String(value)),
  ];
}
