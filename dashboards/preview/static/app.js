// The page: what is asked for (in the address), the refresh, and the panels.

import { Panel, element } from "./panels.js";

const RANGES = [
  ["now-15m", "Last 15 minutes"], ["now-1h", "Last hour"], ["now-24h", "Last 24 hours"],
  ["now-7d", "Last 7 days"], ["now-30d", "Last 30 days"], ["now-1y", "Last year"],
];
const at = (id) => document.getElementById(id);
let board = null;
let panels = [];
let timer = 0;
let asking = null;
const printing = new URLSearchParams(location.search).has("print");
let live = !printing;
const asked = { from: "", to: "", query: "", chosen: new Map() };

function address() {
  const [path, search = ""] = location.hash.slice(1).split("?");
  const params = new URLSearchParams(search);
  // A link made for Dashboards says the time range in its own notation.
  const time = params.get("_g")?.match(/time:\(from:'?([^',)]+)'?,to:'?([^',)]+)'?\)/);
  if (time) {
    params.set("from", time[1]);
    params.set("to", time[2]);
  }
  return { id: path.match(/^\/view\/(.+)$/)?.[1], params };
}

function remember() {
  const params = new URLSearchParams();
  if (asked.from !== board.from || asked.to !== board.to) {
    params.set("from", asked.from);
    params.set("to", asked.to);
  }
  if (asked.query) params.set("query", asked.query);
  for (const [field, value] of asked.chosen) params.append("filter", `${field}=${value}`);
  history.replaceState(null, "", `${location.pathname}${location.search}#/view/${board.id}${params.size ? `?${params}` : ""}`);
}

async function ask(url, signal) {
  const answer = await fetch(url, { signal });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.message);
  return body;
}

function say(problem) {
  at("problem").textContent = problem;
  at("problem").hidden = !problem;
}

async function open() {
  clearTimeout(timer);
  asking?.abort();
  try {
    const all = await ask("/preview/dashboards");
    const { id = all[0]?.id, params } = address();
    if (!id) throw new Error("No dashboard is imported yet. Import them with: predmon import");
    board = await ask(`/preview/dashboards/${encodeURIComponent(decodeURIComponent(id))}`);
    Object.assign(asked, {
      from: params.get("from") ?? board.from,
      to: params.get("to") ?? board.to,
      query: params.get("query") ?? "",
      chosen: new Map(params.getAll("filter").map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)])),
    });
    lay(all);
    remember();
    await refresh();
  } catch (error) {
    say(error.message);
    timer = setTimeout(open, 5000);
  }
}

function lay(all) {
  document.title = `${board.title} · preview`;
  at("title").textContent = board.title;
  at("subtitle").textContent = board.description;
  if (printing) at("subtitle").textContent = `${asked.from} to ${asked.to}${asked.query ? ` · ${asked.query}` : ""} · drawn ${new Date().toLocaleString("en-GB")}`;
  at("dashboards").replaceChildren(...all.map((each) => {
    const link = element("a", { href: `#/view/${encodeURIComponent(each.id)}`, textContent: each.title });
    if (each.id === board.id) link.setAttribute("aria-current", "page");
    return link;
  }));
  at("dashboards").hidden = all.length < 2;
  at("query").value = asked.query;
  at("from").value = asked.from;
  at("to").value = asked.to;
  const quick = RANGES.some(([from]) => from === asked.from) && asked.to === "now";
  at("range").replaceChildren(...RANGES.map(([from, label]) => new Option(label, from)), new Option("Custom…", ""));
  at("range").value = quick ? asked.from : "";
  at("custom").hidden = quick;
  panels.forEach((each) => each.chart?.dispose());
  const choose = {
    fixed: printing,
    current: (field) => asked.chosen.get(field),
    set: (field, value) => {
      if (value) asked.chosen.set(field, value);
      else asked.chosen.delete(field);
      changed();
    },
  };
  panels = board.panels.map((facts) => new Panel(facts, choose));
  at("grid").replaceChildren(...panels.map((each) => each.root));
}

async function refresh() {
  clearTimeout(timer);
  asking?.abort();
  const mine = (asking = new AbortController());
  const params = new URLSearchParams({ from: asked.from, to: asked.to, query: asked.query });
  for (const [field, value] of asked.chosen) params.append("filter", `${field}=${value}`);
  try {
    const data = await ask(`/preview/dashboards/${encodeURIComponent(board.id)}/data?${params}`, mine.signal);
    for (const each of panels) each.draw(data.panels[each.facts.index]);
    say("");
    at("grid").setAttribute("aria-busy", "false");
    at("grid").dataset.drawn = String(Date.now());
  } catch (error) {
    if (error.name === "AbortError") return;
    say(error.message);
  }
  if (live && board.refreshSeconds) timer = setTimeout(refresh, board.refreshSeconds * 1000);
}

function changed() {
  remember();
  refresh();
}

at("picker").onsubmit = (event) => {
  event.preventDefault();
  Object.assign(asked, { query: at("query").value.trim(), from: at("from").value.trim() || board.from, to: at("to").value.trim() || "now" });
  changed();
};
at("query").oninput = () => at("query").value === "" && asked.query && at("picker").requestSubmit();
at("range").onchange = () => {
  at("custom").hidden = at("range").value !== "";
  if (!at("range").value) return at("from").focus();
  at("from").value = at("range").value;
  at("to").value = "now";
  at("picker").requestSubmit();
};
at("live").onclick = () => {
  live = !live;
  at("live").setAttribute("aria-pressed", String(live));
  at("live").querySelector("span").textContent = live ? "Live" : "Paused";
  if (live) refresh();
  else clearTimeout(timer);
};
document.querySelector(".badge").onclick = (event) => {
  event.preventDefault();
  at("about").scrollIntoView({ behavior: "smooth" });
};
at("theme").onclick = () => {
  const dark = getComputedStyle(document.documentElement).getPropertyValue("--scheme").trim() === "dark";
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("theme", document.documentElement.dataset.theme);
  panels.forEach((each) => each.redraw());
};

document.documentElement.toggleAttribute("data-print", printing);
document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "";
matchMedia("(prefers-color-scheme: dark)").onchange = () => panels.forEach((each) => each.redraw());
addEventListener("hashchange", () => address().id && open());
new ResizeObserver(() => panels.forEach((each) => each.resize())).observe(at("grid"));
open();
