// Draw one panel. Text from the logs is inserted only with textContent.

import { color, knownColor } from "./colors.js";
import { options } from "./charts.js";
import { drawVega } from "./vega.js";
import { brief, compact, moment, percent, text } from "./format.js";

const ROWS = 200;
// OpenSearch pages no further.
const MOST_ROWS = 10000;

export function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

export class Panel {
  constructor(panel, controlValues, documents) {
    this.panel = panel;
    this.documents = documents;
    // Index and id of a document → its text, for the rows that are open.
    this.opened = new Map();
    this.controlValues = controlValues;
    this.asTable = false;
    this.body = element("div", { className: "body" });
    this.note = element("span", { className: "note" });
    this.flip = element("button", { type: "button", className: "flip", hidden: true, title: "As a table", ariaLabel: `${panel.title} as a table`, textContent: "☷" });
    this.flip.onclick = () => {
      this.asTable = !this.asTable;
      this.flip.setAttribute("aria-pressed", this.asTable);
      this.redraw();
    };
    const head = element("h2", { title: panel.description }, element("span", { textContent: panel.title }), this.note, this.flip);
    this.root = element("section", { className: `panel ${panel.type}` }, ...(panel.titleHidden ? [] : [head]), this.body);
    this.root.ariaLabel = panel.title;
    this.root.dataset.panel = panel.index;
    this.root.dataset.title = panel.title;
    const { x, y, w, h } = panel.grid;
    Object.assign(this.root.style, { gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` });
    this.root.style.setProperty("--rows", h);
  }

  draw(drawing) {
    const fresh = JSON.stringify(drawing);
    if (fresh === this.drawn) return;
    this.drawn = fresh;
    this.drawing = drawing;
    this.redraw();
  }

  redraw() {
    const { drawing } = this;
    if (!drawing) return;
    const chart = drawing.kind === "series" || drawing.kind === "pie";
    this.flip.hidden = !chart;
    this.note.textContent = this.note.title = drawing.note ?? "";
    this.root.dataset.kind = drawing.kind;
    if (chart && !this.asTable && !empty(drawing)) return this.drawChart(drawing);
    this.chart?.dispose();
    this.chart = undefined;
    if (drawing.kind === "vega") return (this.chart = drawVega(this.body, drawing.spec, this.controlValues));
    // Screen readers skip a table inside an image.
    this.body.removeAttribute("role");
    this.body.removeAttribute("aria-label");
    const scrolled = this.body.scrollTop;
    this.body.replaceChildren(chart ? (empty(drawing) ? noResults() : table(asTable(drawing))) : this.content(drawing));
    this.body.scrollTop = scrolled;
  }

  drawChart(drawing) {
    if (!this.chart) {
      this.body.replaceChildren();
      this.chart = echarts.init(this.body, null, { renderer: "canvas" });
      this.body.setAttribute("role", "img");
    }
    this.chart.setOption(options(drawing), { notMerge: true });
  }

  resize() {
    this.chart?.resize();
  }

  content(drawing) {
    if (drawing.kind === "error") return element("p", { className: "error", textContent: drawing.message });
    if (drawing.kind === "markdown") {
      // The server renders this from the saved object, with raw HTML switched off. It contains no log text.
      return element("div", { className: "prose", innerHTML: drawing.html });
    }
    if (drawing.kind === "metric") return metrics(drawing);
    if (drawing.kind === "controls") return this.controls(drawing);
    if ("total" in drawing) {
      this.note.textContent = drawing.total > drawing.rows.length ? `${drawing.order} ${drawing.rows.length} of ${compact(drawing.total)}` : compact(drawing.total);
    }
    if (!drawing.rows.length) return noResults();
    return drawing.documents ? this.documentTable(drawing) : table(drawing);
  }

  documentTable(drawing) {
    const node = table(drawing);
    node.tHead.rows[0].prepend(element("th", { ariaLabel: "Whole document" }));
    [...node.tBodies[0].rows].forEach((row, i) => this.addExpander(row, drawing.documents[i]));
    const left = Math.min(drawing.total, MOST_ROWS) - drawing.rows.length;
    if (left <= 0 || this.controlValues.fixed) return node;
    const more = element("button", { type: "button", className: "more", textContent: `Show ${Math.min(left, ROWS)} more` });
    more.onclick = () => this.documents.more(drawing.rows.length + ROWS);
    return element("div", {}, node, more);
  }

  addExpander(row, [index, id]) {
    const key = `${index}/${id}`;
    const button = element("button", { type: "button", className: "expand", ariaLabel: "Show the whole document" });
    const show = () => {
      const shown = this.opened.get(key);
      button.textContent = shown === undefined ? "▸" : "▾";
      button.setAttribute("aria-expanded", String(shown !== undefined));
      if (row.nextSibling?.className === "document") row.nextSibling.remove();
      if (shown === undefined) return;
      const cell = element("td", { colSpan: row.cells.length }, element("pre", { textContent: shown }));
      row.after(element("tr", { className: "document" }, cell));
    };
    button.onclick = async () => {
      if (this.opened.delete(key)) return show();
      try {
        this.opened.set(key, JSON.stringify(await this.documents.fetch(index, id), null, 2));
      } catch (error) {
        this.opened.set(key, error.message);
      }
      show();
    };
    row.prepend(element("th", { scope: "row" }, button));
    show();
  }

  controls(drawing) {
    const row = element("div", { className: "controls" });
    for (const control of drawing.controls) {
      if (this.controlValues.fixed) {
        row.append(element("span", { textContent: `${control.label}: ${this.controlValues.current(control.field) ?? "all"}` }));
        continue;
      }
      const select = element("select", { ariaLabel: control.label });
      select.append(new Option(`${control.label}: all`, ""));
      for (const each of control.options) select.append(new Option(each, each));
      select.value = this.controlValues.current(control.field) ?? "";
      select.onchange = () => this.controlValues.set(control.field, select.value);
      row.append(select);
    }
    return row;
  }
}

const empty = (drawing) => (drawing.kind === "pie" ? !drawing.slices.length : !drawing.series.some((each) => each.points.length));

const noResults = () => element("p", { className: "nothing", textContent: "No results in this time range" });

function metrics(drawing) {
  const row = element("div", { className: "metrics" });
  for (const each of drawing.values) {
    const value = element("strong", { textContent: each.value === null ? "–" : each.date ? moment(each.value) : typeof each.value === "string" ? each.value : each.percent ? percent(each.value) : compact(each.value) });
    value.classList.toggle("long", value.textContent.length > 9);
    const range = drawing.ranges.findIndex((one) => each.value !== null && each.value >= one.from && each.value < one.to);
    if (range >= 0) value.classList.add(range === 0 ? "good" : range === drawing.ranges.length - 1 ? "bad" : "fair");
    row.append(element("div", {}, value, element("span", { textContent: brief(each.label) })));
  }
  return row;
}

function table(drawing) {
  const head = element("tr", {}, ...drawing.columns.map((each) => element("th", { scope: "col", textContent: each })));
  const asText = (value, i) => (value === null ? null : drawing.dates?.includes(i) ? moment(value) : drawing.percents?.includes(i) ? percent(value) : value);
  const shown = (value, i) => cell(asText(value, i), drawing.columns[i], drawing.links?.[i]);
  const rows = drawing.rows.map((row) => element("tr", {}, ...row.map(shown)));
  const node = element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
  if (Object.keys(drawing.widths ?? {}).length) {
    node.classList.add("sized");
    [...head.cells].forEach((each, i) => (each.style.width = `${drawing.widths[i] ?? 120}px`));
  }
  return node;
}

// Dashboards makes such a link of a field that the index pattern formats as one. Only links into Dashboards are made.
function link(value, { url, label, except }) {
  if (except.includes(value)) return value;
  const href = url ? url.replaceAll("{{value}}", encodeURIComponent(value)).replaceAll("{{rawValue}}", value) : value;
  const textContent = (label ?? href).replaceAll("{{value}}", value);
  return /^(#|\.\.\/app\/)/.test(href) ? element("a", { href, textContent }) : textContent;
}

function cell(value, column, template) {
  const shown = text(value, column);
  const isLink = template && typeof value === "string";
  const inner = element("div", {}, isLink ? link(value, template) : shown);
  const node = element("td", {}, inner);
  if (typeof value === "number") node.classList.add("number");
  const shade = typeof value === "string" && knownColor(value);
  if (shade) {
    const dot = element("i", { className: "dot" });
    dot.style.background = shade;
    inner.prepend(dot);
  }
  if (shown.length > 60 && !isLink) {
    node.classList.add("long");
    node.onclick = () => node.classList.toggle("open");
  }
  return node;
}

// Return the numbers of a chart as a table.
function asTable(drawing) {
  if (drawing.kind === "pie") {
    drawing.slices.forEach((each) => color(each.name, drawing.colors));
    return { columns: ["", "Value"], rows: drawing.slices.map((each) => [each.name, each.value]) };
  }
  const byX = new Map();
  drawing.series.forEach((each, i) => {
    for (const [x, y] of each.points) {
      if (!byX.has(x)) byX.set(x, drawing.series.map(() => null));
      byX.get(x)[i] = y;
    }
  });
  const rows = [...byX].map(([x, values]) => [drawing.span ? moment(x) : x, ...values]);
  return { columns: [drawing.x.label, ...drawing.series.map((each) => each.name)], rows };
}
