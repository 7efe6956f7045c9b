// The frame of the page: header, views, and the parts that stay.
import { h, s } from "./dom";
import { VIEWS, type Projection, type View } from "./link";
import type { Contents } from "./types";

const TITLES: Record<View, string> = { world: "Map", compare: "Compare", editions: "Editions", index: "Index", quality: "Data quality" };
const PROJECTIONS: [Projection, string][] = [["equal-earth", "Equal Earth"], ["globe", "Globe"], ["mercator", "Mercator"]];
export const LAYERS: [string, string, boolean][] = [
  ["places", "Places by source", true],
  ["noise", "Outside clusters", true],
  ["borders", "Borders", true],
  ["ties", "Ties", false],
  ["isolines", "Probability isolines", false],
];

export interface ShellEvents {
  view: (view: View) => void;
  run: (run: number) => void;
  search: () => void;
  projection: (projection: Projection) => void;
  layer: (layer: string, visible: boolean) => void;
  downloads: () => void;
  pane: (pane: string) => void;
  world: () => void;
}

const mark = () =>
  s("svg", { width: 24, height: 24, viewBox: "0 0 26 26", "aria-hidden": "true" },
    s("circle", { cx: 13, cy: 13, r: 12, fill: "none", stroke: "currentColor", "stroke-opacity": 0.35 }),
    s("circle", { cx: 13, cy: 13, r: 7.5, fill: "none", stroke: "currentColor", "stroke-opacity": 0.6 }),
    s("circle", { cx: 13, cy: 13, r: 3.2, fill: "#e08a5f" }));

function header(contents: Contents, events: ShellEvents): HTMLElement {
  const views = VIEWS.filter((view) => (view === "index" ? contents.indices.length > 0 : contents.runs.length > 0));
  const select = h("select", { id: "run", "aria-label": "Run shown", onchange: (event: Event) => events.run(Number((event.target as HTMLSelectElement).value)) },
    ...contents.runs.map((run) => h("option", { value: run.id }, `${run.edition.name} · ${run.folder}`)));
  return h("header", { class: "top" },
    h("div", { class: "brand" }, mark(), h("div", {}, h("h1", {}, "Innovation clusters"), h("p", { id: "subtitle" }))),
    h("strong", { id: "synthetic", hidden: true }, "SYNTHETIC"),
    h("nav", { "aria-label": "Views" }, ...views.map((view) => h("button", { type: "button", "data-view": view, onclick: () => events.view(view) }, TITLES[view]))),
    h("div", { class: "tools" }, contents.runs.length > 1 ? select : null, h("button", { type: "button", id: "downloads", onclick: events.downloads }, "Downloads")));
}

function mapTools(events: ShellEvents): HTMLElement {
  return h("details", { id: "layers" }, h("summary", {}, "Layers"),
    h("div", { class: "body" },
      h("label", {}, h("span", {}, "Projection"),
        h("select", { id: "projection", onchange: (event: Event) => events.projection((event.target as HTMLSelectElement).value as Projection) },
          ...PROJECTIONS.map(([value, label]) => h("option", { value }, label)))),
      ...LAYERS.map(([name, label]) => h("label", { class: "check", "data-of": name },
        h("input", { type: "checkbox", "data-layer": name, onchange: (event: Event) => events.layer(name, (event.target as HTMLInputElement).checked) }), label)),
      h("p", { id: "layer-note", class: "hint" }),
      h("button", { type: "button", onclick: events.world }, "Whole world")));
}

function world(events: ShellEvents): HTMLElement {
  return h("section", { class: "view world", "data-section": "world", "aria-label": "Map and ranking", hidden: true },
    h("aside", { id: "left", "aria-label": "Ranking" },
      h("div", { class: "list-head" },
        h("div", { id: "tabs", class: "segments", role: "group", "aria-label": "Rank by" }),
        h("input", { id: "find", type: "search", placeholder: "Find a cluster or economy", "aria-label": "Find a cluster or economy", oninput: events.search }),
        h("p", { id: "count", role: "status" })),
      h("ol", { id: "ranking", tabindex: -1 })),
    h("section", { id: "mapwrap", "aria-label": "Map and its settings" },
      h("div", { id: "map", role: "application", "aria-label": "World map of innovation clusters; the ranking holds the same" }),
      h("div", { id: "tip", role: "tooltip", hidden: true }),
      h("div", { id: "legend" }),
      mapTools(events),
      h("div", { id: "what-if-home" })),
    h("aside", { id: "right", "aria-label": "Cluster profile", tabindex: 0, hidden: true }),
    h("nav", { class: "panes", "aria-label": "Parts of the map view" },
      ...[["list", "Ranking"], ["map", "Map"], ["profile", "Profile"]].map(([pane, label]) => h("button", { type: "button", "data-pane-of": pane, onclick: () => events.pane(pane) }, label))));
}

const plain = (view: View, label: string) =>
  h("section", { class: "view plain", "data-section": view, "aria-label": label, hidden: true }, h("div", { class: "sheet" }));

function indexSection(): HTMLElement {
  return h("section", { class: "view index", "data-section": "index", "aria-label": "Composite index", hidden: true },
    h("aside", { id: "index-left", "aria-label": "Ranking of the index" }, h("div", { class: "list-head", id: "index-head" }), h("ol", { id: "index-ranking" })),
    h("div", { class: "sheet", id: "index-sheet", tabindex: 0, role: "group", "aria-label": "Figures and weights" }));
}

export function shell(contents: Contents, events: ShellEvents): Node[] {
  return [
    header(contents, events),
    h("main", { id: "main" }, world(events), plain("compare", "Compare clusters"), plain("editions", "Editions"), indexSection(), plain("quality", "Data quality and provenance")),
    h("dialog", { id: "dialog", "aria-labelledby": "dialog-title" }),
    h("p", { id: "notice", role: "status", hidden: true }),
  ];
}
