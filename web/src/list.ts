// The ranking: the complete twin of the map, reachable by keyboard.
import { h } from "./dom";
import { fixed, level, percent, signed } from "./format";
import { ACCENT, bandColour, bandOf, BEYOND, sourceColour } from "./palette";
import type { Ranked } from "./score";
import type { Summary } from "./types";

export interface ListOptions {
  by: string;
  summary: Summary;
  selected: number | null;
  query: string;
  own: boolean; // own weights or a what-if answer: changes are against the run
  fresh: Set<number>;
  chosen: (id: number) => void;
  hovered: (id: number | null) => void;
}

const folded = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

export function value(row: Ranked, by: string): string {
  if (by === "intensity") return fixed(row.value, 3);
  return percent(row.value);
}

function bar(row: Ranked, most: number, options: ListOptions) {
  const width = most > 0 ? Math.max(0, (100 * row.value) / most) : 0;
  const sum = row.parts.reduce((a, b) => a + b, 0);
  const indicators = options.summary.indicators;
  const single = indicators.findIndex((one) => one.name === options.by);
  const parts =
    row.parts.length && sum > 0
      ? row.parts.map((part, k) => [(width * part) / sum, sourceColour(indicators[k].name, k)] as const)
      : [[width, single < 0 ? ACCENT : sourceColour(options.by, single)] as const];
  return h(
    "span",
    { class: "bar", "aria-hidden": "true" },
    ...parts.map(([part, colour]) => h("i", { style: { width: `${part}%`, background: colour } })),
  );
}

function change(row: Ranked, options: ListOptions) {
  if (options.fresh.has(row.cluster.id)) return h("small", { class: "new" }, "new");
  const moved = options.own ? row.cluster.rank - row.place : options.by === "total" ? row.cluster.change : null;
  if (!moved) return null;
  return h("small", { class: moved > 0 ? "up" : "down" }, signed(moved));
}

function interval(row: Ranked, options: ListOptions) {
  const found = options.by === "intensity" ? row.cluster.intensity_interval : options.by === "total" ? row.cluster.interval : undefined;
  if (!found || options.own) return null;
  return h("small", { class: "interval", title: `${level(options.summary.interval_level)} interval of the rank` }, `${found[0]}–${found[2]}`);
}

export function matching(rows: Ranked[], query: string): Ranked[] {
  const wanted = folded(query.trim());
  return rows.filter((row) => !wanted || folded(`${row.cluster.name} ${row.cluster.economies ?? ""}`).includes(wanted));
}

export function listItems(rows: Ranked[], options: ListOptions): HTMLLIElement[] {
  const most = rows[0]?.value ?? 0;
  const ends = options.summary.rank_bands;
  return matching(rows, options.query)
    .map((row) => {
      const band = bandOf(row.place, ends);
      const id = row.cluster.id;
      return h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            "data-id": id,
            "aria-pressed": String(id === options.selected),
            onclick: () => options.chosen(id),
            onmouseenter: () => options.hovered(id),
            onmouseleave: () => options.hovered(null),
          },
          h("span", { class: "rk", style: { borderColor: band < 0 ? BEYOND : bandColour(band) } }, row.place),
          h("span", { class: "nm" }, h("b", {}, row.cluster.name), " ", h("small", {}, row.cluster.economies ?? ""), " ", change(row, options), interval(row, options)),
          h("span", { class: "val" }, value(row, options.by)),
          bar(row, most, options),
        ),
      );
    });
}

export function rows(ranked: Ranked[], summary: Summary): unknown[][] {
  const names = summary.indicators.map((one) => one.name);
  return [
    ["rank", "cluster", "name", "economies", "value", ...names.map((n) => `share_${n}`), ...names.map((n) => `count_${n}`), "population", "area_km2", "rank_low", "rank_high"],
    ...ranked.map(({ cluster: c, place, value: v }) => [
      place, c.id, c.name, c.economies, v, ...names.map((n) => c.shares[n]), ...names.map((n) => c.counts[n]),
      c.population, c.area_km2, c.interval?.[0], c.interval?.[2],
    ]),
  ];
}
