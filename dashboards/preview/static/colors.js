// One colour for one name on the whole page, so that a label looks alike in every panel.

const palette = ["#3b82c4", "#e58a3c", "#2a9d8f", "#a06cc9", "#d3546b", "#8f9a3a", "#5b6abf", "#b98a2f", "#4aa3b5", "#9a6b54"];
const given = new Map();

// "wanted": the colours that a panel's saved object fixes.
export function color(name, wanted = {}) {
  for (const [each, shade] of Object.entries(wanted)) given.set(each, shade.toLowerCase());
  if (!given.has(name)) {
    const worn = [...given.values()];
    const times = (shade) => worn.filter((each) => each === shade).length;
    given.set(name, palette.reduce((least, shade) => (times(shade) < times(least) ? shade : least)));
  }
  return given.get(name);
}

export const known = (name) => given.get(name);
