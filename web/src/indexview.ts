// A composite index: heat map, scatter, bubble, rank intervals; weights moved in the page, at once.
import { figure, heatMap, scatter, whiskers } from "./charts";
import { dataTable, h } from "./dom";
import { fixed } from "./format";
import { GROUPS } from "./palette";
import { saveCsv } from "./saving";
import type { CompositeIndex, IndexNode, IndexUnit } from "./types";

const MOST_SLIDERS = 24;

export class Tree {
  readonly root: IndexNode;
  private readonly below = new Map<string, IndexNode[]>();

  constructor(readonly index: CompositeIndex, private readonly weights: Record<string, number>) {
    const codes = new Set(index.nodes.map((node) => node.code));
    this.root = index.nodes.find((node) => node.parent === null || !codes.has(node.parent)) ?? index.nodes[0];
    for (const node of index.nodes)
      if (node !== this.root && node.parent !== null) this.below.set(node.parent, [...(this.below.get(node.parent) ?? []), node]);
  }

  children = (code: string) => this.below.get(code) ?? [];
  weight = (node: IndexNode) => this.weights[node.code] ?? node.weight ?? 0;

  levels(): IndexNode[][] {
    const found: IndexNode[][] = [];
    for (let level = this.children(this.root.code); level.length; level = level.flatMap((node) => this.children(node.code))) found.push(level);
    return found;
  }

  private touched(code: string): boolean {
    return this.children(code).some((node) => node.code in this.weights || this.touched(node.code));
  }

  // Scores stay as they are where no weight below was moved; else they are weighted means of what lies below.
  score(unit: IndexUnit, code = this.root.code): number | null {
    const stored = unit.scores[code] ?? null;
    if (!this.touched(code)) return stored;
    const parts = this.children(code).map((node) => [this.weight(node), this.score(unit, node.code)] as const);
    if (parts.some(([, value]) => value === null)) return stored;
    const all = parts.reduce((sum, [weight]) => sum + weight, 0);
    return all > 0 ? parts.reduce((sum, [weight, value]) => sum + weight * value!, 0) / all : stored;
  }
}

export interface IndexOptions {
  index: CompositeIndex;
  weights: Record<string, number>;
  figure: string;
  unit: string | null;
  weighed: (code: string, weight: number) => void;
  pick: (unit: string | null) => void;
  show: (figure: string) => void;
}

interface Scored {
  unit: IndexUnit;
  score: number | null;
  place: number;
}

export function scored(tree: Tree): Scored[] {
  const rows = tree.index.units.map((unit) => ({ unit, score: tree.score(unit), place: 0 }));
  rows.sort((a, b) => (b.score ?? -1) - (a.score ?? -1) || a.unit.rank - b.unit.rank);
  rows.forEach((row, k) => (row.place = k && rows[k - 1].score === row.score ? rows[k - 1].place : k + 1));
  return rows;
}

const FIGURES: [string, string][] = [["heat", "Heat map"], ["scatter", "Scatter"], ["bubble", "Bubble"], ["intervals", "Rank intervals"]];

export function indexList(options: IndexOptions, rows: Scored[]): HTMLLIElement[] {
  const own = Object.keys(options.weights).length > 0;
  const most = Math.max(...rows.map((row) => row.score ?? 0), 1e-9);
  const least = Math.min(...rows.map((row) => row.score ?? most));
  return rows.map(({ unit, score, place }) => {
    const moved = unit.rank - place;
    const width = 12 + (88 * ((score ?? least) - least)) / (most - least || 1);
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", "data-unit": unit.unit, "aria-pressed": String(unit.unit === options.unit), onclick: () => options.pick(unit.unit === options.unit ? null : unit.unit) },
        h("span", { class: "rk plain" }, place),
        h("span", { class: "nm" }, h("b", {}, unit.unit), " ", own && moved !== 0 ? h("small", { class: moved > 0 ? "up" : "down" }, moved > 0 ? `▲ ${moved}` : `▼ ${-moved}`) : null,
          !own && unit.lower != null ? h("small", { class: "interval" }, `${Math.floor(unit.lower)}–${Math.ceil(unit.upper ?? unit.lower)}`) : null),
        h("span", { class: "val" }, fixed(score)),
        h("span", { class: "bar", "aria-hidden": "true" }, h("i", { style: { width: `${width}%`, background: "#2a6f97" } })),
      ),
    );
  });
}

export function weightPanel(options: IndexOptions, tree: Tree): HTMLElement {
  const levels = tree.levels();
  const groups = levels.slice(0, 2).flatMap((level, depth) => (depth === 0 ? [[tree.root, level] as const] : levels[0].map((parent) => [parent, tree.children(parent.code)] as const)));
  let count = 0;
  return h(
    "div",
    { class: "rules" },
    ...groups.filter(([, nodes]) => nodes.length > 1 && (count += nodes.length) <= MOST_SLIDERS).map(([parent, nodes]) =>
      h(
        "fieldset",
        {},
        h("legend", {}, parent.name),
        ...nodes.map((node) => {
          const output = h("output", {}, fixed(100 * tree.weight(node), 0) + " %");
          const input = h("input", {
            type: "range", min: 0, max: 1, step: 0.01, "data-node": node.code,
            oninput: (event: Event) => {
              const value = Number((event.target as HTMLInputElement).value);
              output.textContent = fixed(100 * value, 0) + " %";
              options.weighed(node.code, value);
            },
          });
          input.value = String(tree.weight(node));
          return h("label", {}, h("span", {}, node.name), output, input);
        }),
      ),
    ),
  );
}

export function indexFigure(options: IndexOptions, tree: Tree, rows: Scored[]): HTMLElement {
  const [first, second = []] = tree.levels();
  const nodes = [tree.root, ...first, ...second];
  const values = rows.map(({ unit }) => nodes.map((node) => tree.score(unit, node.code)));
  const names = rows.map(({ unit }) => unit.unit);
  const groups = [...new Set(options.index.units.map((unit) => unit.group ?? "all"))].sort();
  const colour = (unit: IndexUnit) => GROUPS[groups.indexOf(unit.group ?? "all") % GROUPS.length];
  const table = dataTable(
    "Scores", ["Unit", ...nodes.map((node) => node.name)], rows.map(({ unit }, i) => [unit.unit, ...values[i].map((v) => fixed(v))]), nodes.map((_, k) => k + 1),
  );
  const key = h("ul", { class: "key" }, ...groups.map((group, k) => h("li", {}, h("i", { style: { background: GROUPS[k % GROUPS.length] } }), group)));
  if (options.figure === "intervals") {
    const list = rows.map(({ unit, place }) => ({ label: unit.unit, low: unit.lower ?? null, high: unit.upper ?? null, at: place }));
    const intervals = dataTable("Ranks and intervals", ["Unit", "Rank", "From", "To"], list.map((one) => [one.label, String(one.at), String(one.low ?? "–"), String(one.high ?? "–")]), [1, 2, 3]);
    return h("div", {}, figure("Ranks, and where they lie when the weights are drawn at random", whiskers("Rank intervals", list, "rank"), intervals, "rank-intervals"));
  }
  const pick = options.figure === "bubble" ? second.slice(-4).length >= 3 ? second.slice(-4, -1) : first : first;
  if (options.figure === "heat" || pick.length < 2)
    return h("div", {}, figure("Scores by dimension", heatMap("Scores by dimension", names, nodes.map((node) => node.name), values, 1), table, "heat-map"));
  const [x, y, size] = pick;
  const dots = rows.flatMap(({ unit, score }) => {
    const [vx, vy] = [tree.score(unit, x.code), tree.score(unit, y.code)];
    const vs = size ? tree.score(unit, size.code) : score;
    if (vx === null || vy === null) return [];
    return [{ label: unit.unit, x: vx, y: vy, size: options.figure === "bubble" ? Math.max(0.02, (vs ?? 60) - 58) : 1, colour: colour(unit), strong: unit.unit === options.unit }];
  });
  const title = `${x.name} and ${y.name}${options.figure === "bubble" && size ? `; circles by ${size.name}` : ""}`;
  return h("div", {}, figure(title, scatter(title, dots, x.name, y.name), table, options.figure), key);
}

export function figureTabs(options: IndexOptions): HTMLElement {
  return h("div", { class: "segments", role: "group", "aria-label": "Figure" },
    ...FIGURES.map(([key, label]) => h("button", { type: "button", "data-figure": key, "aria-pressed": String(options.figure === key), onclick: () => options.show(key) }, label)));
}

export function saveScores(options: IndexOptions, rows: Scored[]) {
  const codes = options.index.nodes.map((node) => node.code);
  saveCsv([["rank", "unit", "score", "rank_low", "rank_high", ...codes], ...rows.map(({ unit, score, place }) => [place, unit.unit, score, unit.lower, unit.upper, ...codes.map((code) => unit.scores[code])])], "index-scores");
}
