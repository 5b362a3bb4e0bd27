// The page: its state in the address, the refresh, and the panels.

import { Panel, element } from "./panels.js";

const RANGES = [
  ["now-15m", "Last 15 minutes"], ["now-1h", "Last hour"], ["now-24h", "Last 24 hours"],
  ["now-7d", "Last 7 days"], ["now-30d", "Last 30 days"], ["now-1y", "Last year"],
];
const byId = (id) => document.getElementById(id);
let dashboard = null;
let panels = [];
let timer = 0;
let pendingRequest = null;
const printing = new URLSearchParams(location.search).has("print");
let live = !printing;
const view = { from: "", to: "", query: "", chosen: new Map(), rows: 0 };

function readAddress() {
  const [path, search = ""] = location.hash.slice(1).split("?");
  const params = new URLSearchParams(search);
  // A link made for Dashboards has the time range and the search in another notation.
  const time = params.get("_g")?.match(/time:\(from:'?([^',)]+)'?,to:'?([^',)]+)'?\)/);
  if (time) {
    params.set("from", time[1]);
    params.set("to", time[2]);
  }
  const query = params.get("_a")?.match(/query:'((?:[^'!]|!.)*)'/);
  if (query) params.set("query", query[1].replace(/!(.)/g, "$1"));
  return { id: path.match(/^\/view\/(.+)$/)?.[1], params };
}

function updateAddress() {
  const params = new URLSearchParams();
  if (view.from !== dashboard.from || view.to !== dashboard.to) {
    params.set("from", view.from);
    params.set("to", view.to);
  }
  if (view.query) params.set("query", view.query);
  for (const [field, value] of view.chosen) params.append("filter", `${field}=${value}`);
  history.replaceState(null, "", `${location.pathname}${location.search}#/view/${dashboard.id}${params.size ? `?${params}` : ""}`);
}

async function fetchJson(url, signal) {
  const answer = await fetch(url, { signal }).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new Error("The preview does not answer. To see what runs: predmon status. To start it again: predmon up");
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.message);
  return body;
}

function showProblem(problem) {
  byId("problem").textContent = problem;
  byId("problem").hidden = !problem;
  byId("live").classList.toggle("stale", Boolean(problem));
  showLive();
}

function showLive() {
  const stale = live && !byId("problem").hidden;
  byId("live").querySelector("span").textContent = stale ? "Not live" : live ? "Live" : "Paused";
}

async function open() {
  clearTimeout(timer);
  pendingRequest?.abort();
  try {
    const all = await fetchJson("/preview/dashboards");
    const { id = all[0]?.id, params } = readAddress();
    if (!id) throw new Error("No dashboard is imported yet. Import them with: predmon import");
    const before = dashboard;
    dashboard = await fetchJson(`/preview/dashboards/${encodeURIComponent(decodeURIComponent(id))}`);
    // As in Dashboards: a page without a time range of its own keeps that of the page before, and its refresh.
    const kept = dashboard.keepsTime && before ? { ...view } : dashboard;
    if (kept !== dashboard) dashboard.refreshSeconds = before.refreshSeconds;
    Object.assign(view, {
      from: params.get("from") ?? kept.from,
      to: params.get("to") ?? kept.to,
      query: params.get("query") ?? "",
      chosen: new Map(params.getAll("filter").map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)])),
    });
    layOut(all);
    updateAddress();
    await refresh();
  } catch (error) {
    showProblem(error.message);
    timer = setTimeout(open, 5000);
  }
}

function layOut(all) {
  document.title = `${dashboard.title} · preview`;
  byId("title").textContent = dashboard.title;
  byId("subtitle").textContent = dashboard.description;
  if (printing) byId("subtitle").textContent = `${view.from} to ${view.to}${view.query ? ` · ${view.query}` : ""} · drawn ${new Date().toLocaleString("en-GB")}`;
  byId("dashboards").replaceChildren(...all.map((each) => {
    const link = element("a", { href: `#/view/${encodeURIComponent(each.id)}`, textContent: each.title });
    if (each.id === dashboard.id) link.setAttribute("aria-current", "page");
    return link;
  }));
  byId("dashboards").hidden = all.length < 2;
  byId("query").value = view.query;
  byId("from").value = view.from;
  byId("to").value = view.to;
  const quick = RANGES.some(([from]) => from === view.from) && view.to === "now";
  byId("range").replaceChildren(...RANGES.map(([from, label]) => new Option(label, from)), new Option("Custom…", ""));
  byId("range").value = quick ? view.from : "";
  byId("custom").hidden = quick;
  panels.forEach((each) => each.chart?.dispose());
  const controlValues = {
    fixed: printing,
    search: (query) => {
      view.query = byId("query").value = query;
      changed();
    },
    current: (field) => view.chosen.get(field),
    set: (field, value) => {
      if (value) view.chosen.set(field, value);
      else view.chosen.delete(field);
      changed();
    },
  };
  const documents = {
    fetch: (index, id) => fetchJson(`/preview/documents/${encodeURIComponent(index)}?${new URLSearchParams({ id })}`),
    more: (rows) => {
      view.rows = rows;
      refresh();
    },
  };
  view.rows = 0;
  panels = dashboard.panels.map((panel) => new Panel(panel, controlValues, documents));
  byId("grid").replaceChildren(...panels.map((each) => each.root));
}

async function refresh() {
  clearTimeout(timer);
  pendingRequest?.abort();
  const thisRequest = (pendingRequest = new AbortController());
  const params = new URLSearchParams({ from: view.from, to: view.to, query: view.query });
  for (const [field, value] of view.chosen) params.append("filter", `${field}=${value}`);
  if (view.rows) params.set("rows", view.rows);
  try {
    const data = await fetchJson(`/preview/dashboards/${encodeURIComponent(dashboard.id)}/data?${params}`, thisRequest.signal);
    for (const each of panels) each.draw(data.panels[each.panel.index]);
    showProblem("");
    byId("grid").setAttribute("aria-busy", "false");
    byId("grid").dataset.drawn = String(Date.now());
  } catch (error) {
    if (error.name === "AbortError") return;
    showProblem(error.message);
  }
  if (live && dashboard.refreshSeconds) timer = setTimeout(refresh, dashboard.refreshSeconds * 1000);
}

function changed() {
  updateAddress();
  refresh();
}

byId("picker").onsubmit = (event) => {
  event.preventDefault();
  Object.assign(view, { query: byId("query").value.trim(), from: byId("from").value.trim() || dashboard.from, to: byId("to").value.trim() || "now" });
  changed();
};
byId("query").oninput = () => byId("query").value === "" && view.query && byId("picker").requestSubmit();
byId("range").onchange = () => {
  byId("custom").hidden = byId("range").value !== "";
  if (!byId("range").value) return byId("from").focus();
  byId("from").value = byId("range").value;
  byId("to").value = "now";
  byId("picker").requestSubmit();
};
byId("live").onclick = () => {
  live = !live;
  byId("live").setAttribute("aria-pressed", String(live));
  showLive();
  if (live) refresh();
  else clearTimeout(timer);
};
document.querySelector(".badge").onclick = (event) => {
  event.preventDefault();
  byId("about").scrollIntoView({ behavior: "smooth" });
};
byId("theme").onclick = () => {
  const dark = getComputedStyle(document.documentElement).getPropertyValue("--scheme").trim() === "dark";
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("theme", document.documentElement.dataset.theme);
  panels.forEach((each) => each.redraw());
};

document.documentElement.toggleAttribute("data-print", printing);
document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "";
matchMedia("(prefers-color-scheme: dark)").onchange = () => panels.forEach((each) => each.redraw());
addEventListener("hashchange", () => readAddress().id && open());
new ResizeObserver(() => panels.forEach((each) => each.resize())).observe(byId("grid"));
open();
