// How nodes and edges are drawn in WebGL: a shape for each family of classes, dashes for what is negated or possible.
import { DASHES } from "./outlines.js";

const { NodeCircleProgram, NodePointProgram, EdgeArrowProgram, EdgeLineProgram } = Sigma.rendering;

// Signed distance to the edge of a shape inside the unit circle, negative within.
const DISTANCES = {
  dot: "length(p) - 0.86",
  square: "max(abs(p.x), abs(p.y)) - 0.74",
  diamond: "(abs(p.x) + abs(p.y) - 0.98) * 0.7071",
  hexagon: "max(abs(p.y), abs(p.x) * 0.866 + abs(p.y) * 0.5) - 0.8",
  triangle: "max(abs(p.x) * 0.866 + p.y * 0.5, -p.y) - 0.49",
  triangleDown: "max(abs(p.x) * 0.866 - p.y * 0.5, p.y) - 0.49",
  star: "star(p)",
};

// `varyings` come from sigma's vertex shader, `place` sets p (in the unit circle) and soft (how wide an edge is softened).
const makeFragment = (distance, varyings, place) => `
precision highp float;
varying vec4 v_color;
${varyings}
float star(vec2 p) {
  const vec2 k1 = vec2(0.809017, -0.587785);
  const vec2 k2 = vec2(-0.809017, -0.587785);
  p.x = abs(p.x);
  p -= 2.0 * max(dot(k1, p), 0.0) * k1;
  p -= 2.0 * max(dot(k2, p), 0.0) * k2;
  p.x = abs(p.x);
  p.y -= 0.98;
  vec2 ba = 0.45 * vec2(-k1.y, k1.x) - vec2(0.0, 1.0);
  float h = clamp(dot(p, ba) / dot(ba, ba), 0.0, 0.98);
  return length(p - ba * h) * sign(p.y * ba.x - p.x * ba.y);
}
void main(void) {
  ${place}
  float d = ${distance};
  #ifdef PICKING_MODE
  gl_FragColor = d > 0.08 ? vec4(0.0) : v_color;
  #else
  vec3 rim = v_color.rgb * mix(0.55, 1.0, smoothstep(0.15, 0.45, soft)); // none on a shape of a few pixels
  vec4 color = vec4(mix(v_color.rgb, rim, smoothstep(-0.2 - soft, -0.2, d)), v_color.a);
  gl_FragColor = mix(color, vec4(0.0), smoothstep(-soft, soft * 0.5, d));
  #endif
}`;

const IN_TRIANGLE = ["varying vec2 v_diffVector;\nvarying float v_radius;\nuniform float u_correctionRatio;", "vec2 p = v_diffVector / v_radius;\n  float soft = u_correctionRatio * 2.0 / v_radius;"];
const IN_POINT = ["varying float v_border;", "vec2 p = vec2(gl_PointCoord.x * 2.0 - 1.0, 1.0 - gl_PointCoord.y * 2.0);\n  float soft = v_border * 2.0;"];

function makeNodeProgram(Program, distance, [varyings, place]) {
  return class extends Program {
    getDefinition() {
      return { ...super.getDefinition(), FRAGMENT_SHADER_SOURCE: makeFragment(distance, varyings, place) };
    }
  };
}

// Breaks a line into dashes of the lengths in `DASHES`, measured from its start. Picking takes the line as whole.
function makeDashed(Program, lengths) {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const ends = lengths.map((_, at) => lengths.slice(0, at + 1).reduce((sum, length) => sum + length, 0));
  const gaps = ends.filter((_, at) => at % 2 === 0).map((end, at) => `(at > ${end}.0 && at < ${ends[2 * at + 1]}.0)`).join(" || ");
  const along = "v_along = a_positionCoef * length(a_positionEnd - a_positionStart) * u_sizeRatio / u_correctionRatio * 0.5;";
  const cut = `\n  #ifndef PICKING_MODE\n  float at = mod(v_along, ${total}.0);\n  if (${gaps}) gl_FragColor = vec4(0.0);\n  #endif\n}`;
  return class extends Program {
    getDefinition() {
      const definition = super.getDefinition();
      const vertex = definition.VERTEX_SHADER_SOURCE.replace("void main() {", `varying float v_along;\nvoid main() {\n  ${along}`);
      const fragment = definition.FRAGMENT_SHADER_SOURCE.replace("varying vec4 v_color;", "varying vec4 v_color;\nvarying float v_along;").replace(/\}\s*$/, cut);
      return { ...definition, VERTEX_SHADER_SOURCE: vertex, FRAGMENT_SHADER_SOURCE: fragment };
    }
  };
}

// A crowd is made of points: machines without a graphics card draw them many times faster than triangles.
export const nodePrograms = Object.fromEntries(Object.entries(DISTANCES).flatMap(([shape, distance]) => [
  [shape, makeNodeProgram(NodeCircleProgram, distance, IN_TRIANGLE)],
  [`${shape}-in-crowd`, makeNodeProgram(NodePointProgram, distance, IN_POINT)],
]));
const { EdgeClampedProgram, EdgeArrowHeadProgram, createEdgeCompoundProgram } = Sigma.rendering;
const dashed = (kind) => createEdgeCompoundProgram([makeDashed(EdgeClampedProgram, DASHES[kind]), EdgeArrowHeadProgram]);

/** `hidden`: no line is drawn, while a crowd moves; sigma's own setting for it would read the graph anew each time. */
export const lines = { hidden: false };

const makeHidden = (Program) =>
  class extends Program {
    render(params) {
      if (!lines.hidden) super.render(params);
    }
  };

// Lines of a crowd are not picked, so they are drawn once only.
class CrowdLine extends EdgeLineProgram {
  render(params) {
    this.pickProgramInfo = null;
    super.render(params);
  }
}

const programs = { line: CrowdLine, stated: EdgeArrowProgram, negated: dashed("negated"), possible: dashed("possible"), disputed: dashed("disputed") };
export const edgePrograms = Object.fromEntries(Object.entries(programs).map(([kind, Program]) => [kind, makeHidden(Program)]));
