// Turn a drawing from the server into options of Apache ECharts.
// Tooltips are drawn on the canvas ("richText"), so markup in a label stays text.

import { color } from "./colors.js";
import { brief, compact, moment } from "./format.js";

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function options(drawing) {
  return drawing.kind === "pie" ? pie(drawing) : series(drawing);
}

function base() {
  return {
    animation: false,
    backgroundColor: "transparent",
    textStyle: { fontFamily: css("--font"), color: css("--text") },
    aria: { enabled: true },
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: css("--card"),
      borderColor: css("--line"),
      textStyle: { color: css("--text"), fontSize: 12 },
    },
    legend: {
      type: "scroll", top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10,
      formatter: brief, itemGap: 12, pageIconSize: 10,
      textStyle: { color: css("--muted"), fontSize: 11 },
      pageTextStyle: { color: css("--muted") },
    },
  };
}

function series(drawing) {
  const isTime = drawing.span !== null;
  const isNumber = drawing.x.type === "histogram";
  const totals = new Map();
  for (const each of drawing.series) {
    for (const [x, y] of each.points) totals.set(x, (totals.get(x) ?? 0) + (y ?? 0));
  }
  // ECharts makes room for bars beyond the ends of a time axis. So the bars stand on a hidden axis of categories.
  const hasBars = drawing.series.some((each) => each.type === "histogram");
  const bars = isTime && hasBars && !drawing.horizontal ? drawing.bars : null;
  const categories = bars ?? (isTime ? null : drawing.x.categories);
  const alongAxis = axis(drawing.x.rotate || drawing.horizontal ? "" : drawing.x.label, { nameLocation: "middle", nameGap: 26 });
  Object.assign(alongAxis, isTime
    ? { type: "time", min: bars?.[0] ?? Math.min(drawing.span[0], ...totals.keys()), max: bars?.at(-1) ?? drawing.span[1], splitNumber: 5, axisPointer: { show: !bars }, axisLabel: { ...alongAxis.axisLabel, hideOverlap: true } }
    : { type: "category", data: drawing.x.categories.map((each) => (isNumber ? compact(each) : String(each))), boundaryGap: true, axisLabel: { ...alongAxis.axisLabel, ...names(drawing) } });
  alongAxis.splitLine = { show: false };
  const valueAxis = axis("", { type: "value", min: drawing.y.min, max: drawing.y.percent ? 100 : drawing.y.max, scale: drawing.y.fit, splitNumber: 4 });
  valueAxis.axisLabel.formatter = drawing.y.percent ? "{value} %" : compact;
  valueAxis.axisLine = { show: false };

  return {
    ...base(),
    grid: { left: 4, right: 12, top: drawing.legend ? 30 : 12, bottom: drawing.x.label && !isTime && !drawing.x.rotate ? 22 : 2, containLabel: true },
    legend: { ...base().legend, show: drawing.legend },
    tooltip: {
      ...base().tooltip,
      trigger: "axis",
      axisPointer: { type: hasBars ? "shadow" : "line" },
      formatter: (points) => tooltip(points, categories, drawing),
    },
    xAxis: drawing.horizontal ? valueAxis : bars ? [alongAxis, { type: "category", data: bars.slice(0, -1), show: false }] : alongAxis,
    yAxis: drawing.horizontal ? { ...alongAxis, inverse: true } : valueAxis,
    series: drawing.series.map((each, i) => ({
      ...seriesOptions(each, drawing, totals, categories),
      xAxisIndex: bars ? 1 : 0,
      markLine: i === 0 && drawing.limit ? limit(drawing) : undefined,
    })),
  };
}

// Names at an axis: all of them if the object says so, each on one line that ends where it would be too long.
function names({ x, horizontal }) {
  return { ...(x.all && { interval: 0 }), rotate: horizontal ? 0 : x.rotate, width: horizontal ? 150 : x.rotate ? 90 : undefined, overflow: horizontal || x.rotate ? "truncate" : "none" };
}

function seriesOptions(each, drawing, totals, categories) {
  const isTime = drawing.span !== null;
  const line = each.type !== "histogram";
  const seriesColor = color(each.name, drawing.colors);
  // ECharts stacks by position. So each stacked series needs a point at every position that another one has.
  const xs = isTime ? [...totals.keys()].sort((a, b) => a - b) : drawing.x.categories;
  const points = each.stacked ? withZeros(each.points, xs) : each.points;
  const values = points.map(([x, y]) => {
    const value = drawing.y.percent ? (100 * (y ?? 0)) / (totals.get(x) || 1) : y;
    return !categories ? [x, value] : value === null ? null : [categories.indexOf(x), value];
  });
  // If there is only one series over labels, each bar has the colour of its label.
  const byLabel = drawing.series.length === 1 && drawing.x.type === "terms" && !drawing.colors[each.name];
  return {
    name: each.name,
    type: line ? "line" : "bar",
    stack: each.stacked ? "all" : undefined,
    data: drawing.horizontal ? values.map((point) => point && [point[1], point[0]]) : values,
    itemStyle: byLabel
      ? { color: (point) => color(String(drawing.x.categories[point.data[drawing.horizontal ? 1 : 0]]), drawing.colors), borderRadius: 3 }
      : { color: seriesColor, borderRadius: line ? 0 : 2 },
    barMaxWidth: isTime ? 22 : 64,
    barMinWidth: isTime ? 3 : undefined,
    barCategoryGap: drawing.x.type === "histogram" ? "8%" : "30%",
    lineStyle: { width: 2, color: seriesColor },
    showSymbol: points.length < 20,
    symbolSize: 5,
    symbol: "circle",
    areaStyle: each.type === "area" ? { opacity: 0.25, color: seriesColor } : undefined,
    emphasis: { focus: "series" },
  };
}

function limit({ limit: { value, color }, horizontal }) {
  return {
    silent: true, symbol: "none", lineStyle: { color, type: "dashed" }, label: { color, position: "insideEndTop", formatter: compact(value) },
    data: [horizontal ? { xAxis: value } : { yAxis: value }],
  };
}

function withZeros(points, xs) {
  const known = new Map(points);
  return xs.map((x) => [x, known.get(x) ?? 0]);
}

function axis(name, more) {
  return {
    name,
    nameTextStyle: { color: css("--muted"), fontSize: 11 },
    axisLabel: { color: css("--muted"), fontSize: 11 },
    axisLine: { lineStyle: { color: css("--line") } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: css("--line"), opacity: 0.7 } },
    ...more,
  };
}

function tooltip(points, categories, drawing) {
  if (!points.length) return "";
  const at = drawing.horizontal ? 1 : 0;
  const x = categories ? categories[points[0].data[at]] : points[0].data[at];
  const head = drawing.span ? `${moment(x)}  (${drawing.interval})` : `${drawing.x.label}  ${x}`;
  const rows = points.map((each) => `${each.marker} ${plain(brief(each.seriesName))}   ${compact(each.data[1 - at] ?? 0)}${drawing.y.percent ? " %" : ""}`);
  return [plain(head), ...rows].join("\n");
}

// In the tooltip's rich text, "{" starts a style.
const plain = (name) => String(name).replaceAll("{", "(").replaceAll("}", ")");

function pie(drawing) {
  const total = drawing.slices.reduce((sum, each) => sum + (each.value ?? 0), 0);
  return {
    ...base(),
    tooltip: {
      ...base().tooltip,
      trigger: "item",
      formatter: (each) => `${each.marker} ${plain(each.name)}   ${compact(each.value)}   ${each.percent} %`,
    },
    legend: { ...base().legend, bottom: 0, top: "auto", left: "center" },
    title: drawing.donut
      ? {
          text: compact(total), left: "center", top: "38%",
          textStyle: { color: css("--text"), fontSize: 22, fontWeight: 600 },
        }
      : undefined,
    series: [{
      type: "pie",
      radius: drawing.donut ? ["54%", "78%"] : "76%",
      center: ["50%", "44%"],
      data: drawing.slices.map((each) => ({ ...each, itemStyle: { color: color(each.name, drawing.colors) } })),
      label: {
        show: true, position: "outside", color: css("--muted"), fontSize: 11,
        formatter: (each) => `${each.percent} %`,
      },
      labelLine: { length: 6, length2: 6 },
      itemStyle: { borderColor: css("--card"), borderWidth: 2, borderRadius: 4 },
    }],
  };
}
