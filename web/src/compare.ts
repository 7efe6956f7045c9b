// Two to four clusters side by side.
import { bars, figure, heatMap } from "./charts";
import { dataTable, h } from "./dom";
import { economyName, fixed, level, percent, whole } from "./format";
import { SERIES } from "./palette";
import { gaps } from "./profile";
import type { Ranked } from "./score";
import type { Profile, Summary } from "./types";

export const MOST = 4;
const FIELDS = 18;

export interface CompareOptions {
  summary: Summary;
  ranked: Ranked[];
  chosen: number[];
  set: (ids: number[]) => void;
  profiles: Profile[];
}

function picker(options: CompareOptions) {
  const chips = options.chosen.map((id, k) => {
    const row = options.ranked.find((one) => one.cluster.id === id);
    return h(
      "li",
      { style: { borderColor: SERIES[k] } },
      row?.cluster.name ?? `cluster ${id}`,
      h("button", { type: "button", "aria-label": `Remove ${row?.cluster.name ?? id}`, onclick: () => options.set(options.chosen.filter((one) => one !== id)) }, "×"),
    );
  });
  const full = options.chosen.length >= MOST;
  const select = h(
    "select",
    {
      id: "add-cluster", disabled: full, "aria-label": "Add a cluster to the comparison",
      onchange: (event: Event) => options.set([...options.chosen, Number((event.target as HTMLSelectElement).value)]),
    },
    h("option", { value: "" }, full ? `At most ${MOST} clusters` : "Add a cluster …"),
    ...options.ranked.filter((row) => !options.chosen.includes(row.cluster.id)).map((row) => h("option", { value: row.cluster.id }, `${row.place}. ${row.cluster.name}`)),
  );
  return h("div", { class: "picker" }, h("ul", { class: "chips" }, ...chips), select);
}

export function compareView(options: CompareOptions): HTMLElement[] {
  const rows = options.chosen.map((id) => options.ranked.find((one) => one.cluster.id === id)).filter((row): row is Ranked => !!row);
  const head = [h("h2", {}, "Compare clusters"), picker(options)];
  if (rows.length < 2) return [...head, h("p", { class: "empty" }, "Choose two to four clusters: here, or with Compare in a profile.")];
  const names = rows.map((row) => row.cluster.name);
  const { indicators } = options.summary;
  const line = (title: string, of: (row: Ranked) => string) => [title, ...rows.map(of)];
  const numbers = dataTable(
    "Key numbers",
    ["Measure", ...names],
    [
      line("Rank", (r) => String(r.place)),
      line(`Rank interval, ${level(options.summary.interval_level)}`, (r) => (r.cluster.interval ? `${r.cluster.interval[0]}–${r.cluster.interval[2]}` : "not computed")),
      line("Rank by intensity", (r) => (r.cluster.intensity_rank ? String(r.cluster.intensity_rank) : "–")),
      line(`Its interval, ${level(options.summary.interval_level)}`, (r) => (r.cluster.intensity_interval ? `${r.cluster.intensity_interval[0]}–${r.cluster.intensity_interval[2]}` : "not computed")),
      line("Total share, %", (r) => percent(r.cluster.total)),
      ...indicators.map((one) => line(`${one.label}, % of the world`, (r) => percent(r.cluster.shares[one.name]))),
      ...indicators.map((one) => line(one.label, (r) => fixed(r.cluster.counts[one.name], 1))),
      line("Economies", (r) => (r.cluster.economies ?? "").split(/[/,;]/).filter(Boolean).map(economyName).join(", ")),
      line("People", (r) => whole(r.cluster.population)),
      line("Share per million people, %", (r) => fixed(r.cluster.intensity, 3)),
      line("Footprint, km²", (r) => whole(r.cluster.area_km2)),
    ],
    rows.map((_, k) => k + 1),
  );
  const charts = indicators.map((one) =>
    figure(
      one.label,
      bars(
        `${one.label}: percent of the world`,
        rows.map((row, k) => ({ label: row.cluster.name, value: row.cluster.shares[one.name] ?? 0, note: `${percent(row.cluster.shares[one.name])} %`, colour: SERIES[k] })),
        150, 380,
      ),
      null,
      `compare-${one.name}`,
    ),
  );
  return [...head, h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Key numbers" }, numbers), h("div", { class: "grid" }, ...charts), ...fieldMap(options.profiles, names)];
}

function fieldMap(profiles: Profile[], names: string[]): HTMLElement[] {
  const known = new Map<string, (number | null)[]>();
  profiles.forEach((profile, k) => {
    for (const one of profile.fields) {
      if (!known.has(one.name)) known.set(one.name, profiles.map(() => null));
      known.get(one.name)![k] = 100 * one.share;
    }
  });
  const open = gaps(profiles.flatMap((one) => one.missing));
  if (!known.size) return open;
  const order = [...known].sort((a, b) => Math.max(...b[1].map((v) => v ?? 0)) - Math.max(...a[1].map((v) => v ?? 0)));
  const first = order.slice(0, FIELDS);
  const chart = heatMap("Technology fields: percent of each cluster's patents", first.map(([name]) => name), names, first.map(([, values]) => values), 1);
  const table = dataTable("Share of fields, percent", ["Field", ...names], order.map(([name, values]) => [name, ...values.map((v) => fixed(v, 2))]), names.map((_, k) => k + 1));
  return [figure("Technology fields, % of each cluster's patents", chart, table, "compare-fields"), ...open];
}
