// Format values for people. All functions return plain text, never markup.

const numbers = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });
const coarse = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const large = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const moments = new Intl.DateTimeFormat("en-GB", {
  day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit",
});

export function compact(value) {
  const size = Math.abs(value);
  return (size >= 100000 ? large : size >= 10 ? coarse : numbers).format(value);
}

export const percent = (share) => `${coarse.format(100 * share)} %`;

// Dashboards' names of percentiles are too long for a tile or a legend.
export const brief = (label) => String(label).replace(/^([\d.]+)\w\w percentile of /, "p$1 ");

export function moment(value) {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? String(value) : moments.format(date);
}

export function text(value, column = "") {
  if (value === null || value === undefined) return "-";
  if (column === "@timestamp" || /timestamp$/i.test(column)) return moment(value);
  if (typeof value === "number") return numbers.format(value);
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
