// Draw a Vega panel with the library that Dashboards has, without `eval` and without any data from outside.
// A click that sets a filter in Dashboards sets the search here.

const quoted = (value) => `"${String(value).replace(/["\\]/g, "\\$&")}"`;
const joined = (queries, word) => (queries.length > 1 ? `(${queries.join(` ${word} `)})` : queries[0] ?? "");

export function asSearch(query) {
  const [[kind, inner]] = Object.entries(query);
  if (kind === "term") return Object.entries(inner).map(([field, value]) => `${field} : ${quoted(value)}`)[0];
  if (kind === "terms") return Object.entries(inner).map(([field, values]) => joined(values.map((each) => `${field} : ${quoted(each)}`), "or"))[0];
  if (kind === "exists") return `${inner.field} : *`;
  const parts = [...(inner.filter ?? []), ...(inner.must ?? [])].map(asSearch);
  if (inner.should?.length) parts.push(joined(inner.should.map(asSearch), "or"));
  parts.push(...(inner.must_not ?? []).map((each) => `not ${asSearch(each)}`));
  return joined(parts, "and");
}

let search = () => {};
vega.expressionFunction("opensearchDashboardsAddFilter", (query) => search(asSearch(query)));

export function drawVega(body, spec, controlValues) {
  search = controlValues.search;
  body.replaceChildren();
  const loader = vega.loader();
  loader.sanitize = () => Promise.reject(new Error("A Vega panel loads nothing from outside."));
  const view = new vega.View(vega.parse(spec, null, { ast: true }), {
    expr: vega.expressionInterpreter, renderer: "svg", container: body, hover: true, loader, logLevel: vega.Warn,
  });
  body.vega = view;
  const fit = () => view.width(body.clientWidth).height(body.clientHeight - 6).runAsync();
  fit();
  return { dispose: () => view.finalize(), resize: fit };
}
