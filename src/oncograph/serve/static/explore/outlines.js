// How shapes and lines look, wherever they are drawn: the same as in the page that a build writes.

// Lengths of dash and gap, by what the claims of a line say together.
export const DASHES = { stated: [], possible: [2, 5], negated: [9, 5], disputed: [14, 4, 2, 4] };

// Outlines of the same shapes for SVG, around (0, 0) with radius 1, y down.
export const OUTLINES = {
  square: "M-.74-.74H.74V.74H-.74Z",
  diamond: "M0-.98.98 0 0 .98-.98 0Z",
  hexagon: "M-.92 0-.46-.8H.46L.92 0 .46.8H-.46Z",
  triangle: "M0-.98.85.49H-.85Z",
  triangleDown: "M0 .98.85-.49H-.85Z",
  star: "M0-.98.26-.36.93-.3.42.14.58.79 0 .44-.58.79-.42.14-.93-.3-.26-.36Z",
};
