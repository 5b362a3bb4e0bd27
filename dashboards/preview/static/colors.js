// One colour for one name on the whole page, so that a label looks alike in every panel.

const palette = ["#3b82c4", "#e58a3c", "#2a9d8f", "#a06cc9", "#d3546b", "#8f9a3a", "#5b6abf", "#b98a2f", "#4aa3b5", "#9a6b54"];
const given = new Map();

export function color(name, wanted = {}) {
  if (wanted[name]) given.set(name, wanted[name]);
  if (!given.has(name)) given.set(name, palette[[...given.values()].filter((each) => palette.includes(each)).length % palette.length]);
  return given.get(name);
}

export const known = (name) => given.get(name);
