// One cluster: ranks, shares, fields, leaders, partners.
import { bars, columns, figure, rankLine } from "./charts";
import { dataTable, h, missing } from "./dom";
import { economyName, fixed, level, percent, short, signed, whole } from "./format";
import { INK, sourceColour } from "./palette";
import type { Ranked } from "./score";
import type { Cluster, Profile, Summary } from "./types";

export interface ProfileOptions {
  summary: Summary;
  row: Ranked | undefined;
  names: Map<number, string>;
  asked: boolean;
  compared: boolean;
  brief: { href: string; name: string } | null;
  noBrief: string; // why there is none
  choose: (id: number) => void;
  compare: () => void;
  close: () => void;
  zoom: () => void;
}

const SHOWN_FIELDS = 10;
const card = (value: string, label: string, note: string | null = null, tone = "") =>
  h("div", { class: "card" }, h("b", { class: tone }, value), h("span", {}, label), note && h("span", { class: "note" }, note));

function cards(cluster: Cluster, options: ProfileOptions) {
  const { row } = options;
  const interval = cluster.interval && !options.asked ? `${level(options.summary.interval_level)}: ${cluster.interval[0]}–${cluster.interval[2]}` : null;
  const intense = cluster.intensity_interval && !options.asked ? `${level(options.summary.interval_level)}: ${cluster.intensity_interval[0]}–${cluster.intensity_interval[2]}` : null;
  const moved = options.asked && row ? cluster.rank - row.place : (cluster.change ?? null);
  const title = options.asked ? "against the run" : "since the run before";
  return h(
    "div",
    { class: "cards" },
    card(row ? String(row.place) : "–", "rank", interval),
    card(percent(cluster.total), "% total share"),
    moved !== null
      ? card(signed(moved), title, null, moved > 0 ? "up" : moved < 0 ? "down" : "")
      : card(cluster.intensity_rank ? String(cluster.intensity_rank) : "–", "rank by intensity", intense),
    card(short(cluster.population), "people in the footprint"),
    card(fixed(cluster.intensity, 3), "% share per million people"),
    card(whole(cluster.area_km2), "km² footprint"),
  );
}

function shares(cluster: Cluster, summary: Summary) {
  const rows = summary.indicators.map((one, k) => ({
    label: one.label,
    value: cluster.shares[one.name] ?? 0,
    note: cluster.shares[one.name] == null ? "not covered" : `${percent(cluster.shares[one.name])} %`,
    colour: sourceColour(one.name, k),
  }));
  const table = dataTable(
    "Share of the world and count, by indicator",
    ["Indicator", "Share, %", "Count", "Per million people"],
    summary.indicators.map((one) => [
      one.label, percent(cluster.shares[one.name]), fixed(cluster.counts[one.name], 1), fixed(cluster.per_million?.[one.name], 1),
    ]),
    [1, 2, 3],
  );
  return figure("Share of the inputs' world total", bars("Share of the world total by indicator, percent", rows, 92), table, `cluster-${cluster.id}-shares`);
}

function fields(profile: Profile) {
  const order = [...profile.fields].filter((one) => one.count > 0).sort((a, b) => b.share - a.share);
  if (!order.length) return null;
  const rows = order.slice(0, SHOWN_FIELDS).map((one) => ({
    label: one.name,
    value: one.share,
    note: `${percent(one.share, 1)} %${one.specialisation === null ? "" : ` · ${fixed(one.specialisation, 1)}×`}`,
    colour: "#3b4754",
  }));
  const table = dataTable(
    "All technology fields",
    ["Field", "Sector", "Share, %", "Specialisation"],
    order.map((one) => [one.name, one.sector, percent(one.share), fixed(one.specialisation)]),
    [2, 3],
  );
  const chart = bars("Ten largest technology fields: percent of patents, and specialisation", rows, 158, 344);
  return h(
    "div",
    {},
    figure("Technology fields", chart, table, `cluster-${profile.id}-fields`),
    h("p", { class: "hint" }, "Share of the cluster's patents, and how many times the world's share that is."),
  );
}

function leaders(title: string, head: string, rows: { name: string; share: number }[]) {
  if (!rows.length) return null;
  return h("section", {}, h("h3", {}, title), dataTable(title, [head, "Share, %"], rows.slice(0, 8).map((one) => [one.name, percent(one.share, 1)]), [1]));
}

function partners(profile: Profile, options: ProfileOptions) {
  const sums = new Map<number, number>();
  for (const one of profile.partners) if (one.partner > 0) sums.set(one.partner, (sums.get(one.partner) ?? 0) + one.links);
  const order = [...sums].sort((a, b) => b[1] - a[1]).slice(0, 8);
  if (!order.length) return null;
  return h(
    "section",
    {},
    h("h3", {}, "Strongest ties"),
    dataTable(
      "Strongest ties",
      ["Cluster", "Joint documents"],
      order.map(([id, links]) => [
        h("button", { type: "button", class: "link", onclick: () => options.choose(id) }, options.names.get(id) ?? `cluster ${id}`),
        whole(links),
      ]),
      [1],
    ),
  );
}

function abroad(profile: Profile, summary: Summary) {
  const label = (name: string) => summary.indicators.find((one) => one.name === name)?.label ?? name;
  const known = profile.collaboration.filter((one) => one.foreign_share !== null);
  if (!known.length) return null;
  const top = profile.partner_economies.filter((one) => one.where === "foreign");
  return h(
    "section",
    {},
    h("h3", {}, "Partners abroad"),
    ...known.map((one) => {
      const list = top.filter((t) => t.indicator === one.indicator).slice(0, 4).map((t) => `${economyName(t.economy)} ${percent(t.share, 0)} %`);
      return h("p", {}, h("b", {}, `${percent(one.foreign_share, 1)} %`), ` of ${label(one.indicator).toLowerCase()} with a partner abroad`, list.length ? `: ${list.join(", ")}.` : ".");
    }),
  );
}

function homes(profile: Profile, summary: Summary) {
  if (!profile.economies.length) return null;
  const codes = [...new Set(profile.economies.map((one) => one.economy))];
  if (codes.length < 2) return null;
  const of = (code: string, name: string) => {
    const all = profile.economies.filter((one) => one.indicator === name);
    const sum = all.reduce((a, one) => a + one.count, 0);
    return sum ? (all.find((one) => one.economy === code)?.count ?? 0) / sum : null;
  };
  const rows = codes.map((code) => ({ code, parts: summary.indicators.map((one) => of(code, one.name)) }));
  rows.sort((a, b) => Math.max(...b.parts.map((p) => p ?? 0)) - Math.max(...a.parts.map((p) => p ?? 0)));
  return h(
    "section",
    {},
    h("h3", {}, "Economies of its addresses"),
    dataTable(
      "Share of each economy in the cluster's output, percent",
      ["Economy", ...summary.indicators.map((one) => one.label)],
      rows.slice(0, 6).map((row) => [economyName(row.code), ...row.parts.map((part) => percent(part, 1))]),
      summary.indicators.map((_, k) => k + 1),
    ),
  );
}

export function profileHead(cluster: Cluster, options: ProfileOptions): HTMLElement {
  const codes = (cluster.economies ?? "").split(/[/,;]/).filter(Boolean);
  return h(
    "div",
    {},
    h("button", { type: "button", class: "close", "aria-label": "Close the profile", onclick: options.close }, "×"),
    h("h2", { id: "profile-name", tabindex: -1 }, cluster.name),
    h("p", { class: "sub" }, `${codes.map(economyName).join(", ")} · ${whole(cluster.places)} places`),
    cards(cluster, options),
    h(
      "p",
      { class: "actions" },
      h("button", { type: "button", onclick: options.zoom }, "Zoom to it"),
      h("button", { type: "button", "aria-pressed": String(options.compared), onclick: options.compare }, options.compared ? "In the comparison" : "Compare"),
      options.brief && h("a", { class: "button", href: options.brief.href, download: options.brief.name }, "Brief, PDF"),
    ),
    !options.brief && options.noBrief ? h("p", { class: "hint" }, options.noBrief) : null,
    shares(cluster, options.summary),
  );
}

// One sentence for each kind of table that is missing, however many tables of the kind there are.
export function gaps(sentences: string[]) {
  const kinds = new Map<string, string>();
  for (const one of sentences) {
    const made = one.split(": ").slice(1).join(": ");
    if (!kinds.has(made)) kinds.set(made, one);
  }
  return [...kinds.values()].map((one) => missing(one));
}

export interface Step {
  title: string;
  rank: number | null;
}

function trend(profile: Profile, steps: Step[]) {
  if (steps.filter((one) => one.rank !== null).length < 2) return null;
  const table = dataTable("Rank by run", ["Run", "Rank"], steps.map((one) => [one.title, one.rank === null ? "–" : String(one.rank)]), [1]);
  return figure("Rank, run by run", rankLine("Rank of the cluster, run by run", steps), table, `cluster-${profile.id}-ranks`);
}

// Counts by year, each indicator against its own largest year; years of its window without any are nought.
function years(profile: Profile, summary: Summary) {
  const rows = summary.indicators.flatMap((one, k) => {
    const mine = profile.years.filter((row) => row.indicator === one.name);
    if (!mine.length) return [];
    const [first, last] = one.years ?? [Math.min(...mine.map((row) => row.year)), Math.max(...mine.map((row) => row.year))];
    const counts = Array.from({ length: last - first + 1 }, (_, n) => ({ year: first + n, count: mine.find((row) => row.year === first + n)?.count ?? 0 }));
    return [{ label: one.label, colour: sourceColour(one.name, k), counts }];
  });
  if (!rows.length) return null;
  const table = dataTable(
    "Count by year",
    ["Indicator", "Year", "Count"],
    rows.flatMap((row) => row.counts.map((one) => [row.label, String(one.year), fixed(one.count, 1)])),
    [1, 2],
  );
  return figure("Output by year", columns("Count of each indicator by year", rows), table, `cluster-${profile.id}-years`);
}

export function profileBody(profile: Profile, options: ProfileOptions, past: Step[]): HTMLElement {
  const parts = [
    trend(profile, past),
    years(profile, options.summary),
    fields(profile),
    leaders("Top patent applicants", "Applicant", profile.top_applicants),
    leaders("Top publishing organisations", "Organisation", profile.top_organisations),
    leaders("Research subjects", "Subject", profile.subjects.map((one) => ({ name: one.subject, share: one.share }))),
    partners(profile, options),
    abroad(profile, options.summary),
    homes(profile, options.summary),
  ];
  return h(
    "div",
    { style: { color: INK } },
    options.asked && h("p", { class: "hint" }, "Fields, leaders and partners are those of the run, not of this question."),
    ...parts,
    ...gaps(profile.missing),
  );
}
