// Give a name the same colour on the whole page, so that a label looks the same in every panel.

const palette = ["#3b82c4", "#e58a3c", "#2a9d8f", "#a06cc9", "#d3546b", "#8f9a3a", "#5b6abf", "#b98a2f", "#4aa3b5", "#9a6b54"];
const assigned = new Map();

// `wanted`: the colours that a panel's saved object sets.
export function color(name, wanted = {}) {
  for (const [each, shade] of Object.entries(wanted)) assigned.set(each, shade.toLowerCase());
  if (!assigned.has(name)) {
    const used = [...assigned.values()];
    const times = (shade) => used.filter((each) => each === shade).length;
    // Begin at a place that the name decides, so that a label keeps its colour when the order of labels changes.
    const start = [...name].reduce((sum, letter) => (31 * sum + letter.codePointAt(0)) >>> 0, 7) % palette.length;
    const turned = [...palette.slice(start), ...palette.slice(0, start)];
    assigned.set(name, turned.reduce((least, shade) => (times(shade) < times(least) ? shade : least)));
  }
  return assigned.get(name);
}

export const knownColor = (name) => assigned.get(name);
