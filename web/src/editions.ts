// Ranks over several runs: editions, years, rules.
import { bump, figure } from "./charts";
import { dataTable, h, missing } from "./dom";
import { SERIES } from "./palette";
import type { History, Summary } from "./types";

const DEPTH = 30;

export function editionsView(history: History, runs: Summary[], chosen: number[], current: number, switchTo: (run: number) => void): HTMLElement[] {
  const head = h("h2", {}, "Editions");
  const switcher = h(
    "ul",
    { class: "runs" },
    ...runs.map((run) =>
      h(
        "li",
        {},
        h("button", { type: "button", "aria-pressed": String(run.id === current), onclick: () => switchTo(run.id) }, run.edition.title ?? run.title, h("small", {}, `${run.title} · ${run.folder}`)),
      ),
    ),
  );
  if (runs.length < 2) return [head, switcher, missing("One run is open: give several run folders to see ranks move, as in `hubscan explore RUN_2024 RUN_2025`.")];
  const titles = runs.map((run) => `${run.edition.name} (${run.folder})`);
  const shown = history.tracks.filter((track) => track.ranks.some((rank) => rank !== null && rank <= DEPTH));
  shown.sort((a, b) => (a.ranks.at(-1) ?? 999) - (b.ranks.at(-1) ?? 999) || a.name.localeCompare(b.name));
  const strong = (k: number) => {
    const at = chosen.indexOf(shown[k].ids[current] ?? -1);
    return at >= 0 ? SERIES[at % SERIES.length] : null;
  };
  const table = dataTable(
    "Rank of each cluster in each run",
    ["Cluster", ...titles],
    [...history.tracks].sort((a, b) => (a.ranks.at(-1) ?? 999) - (b.ranks.at(-1) ?? 999)).map((track) => [track.name, ...track.ranks.map((rank) => (rank === null ? "–" : String(rank)))]),
    titles.map((_, k) => k + 1),
  );
  return [
    head,
    switcher,
    h("p", { class: "hint" }, "Clusters are told to be the same by the inventors and authors they share. Chosen and compared clusters are coloured."),
    figure(`The first ${DEPTH} clusters, run by run`, bump("Ranks of clusters over the runs", shown, titles, DEPTH, strong), table, "rank-history"),
  ];
}
