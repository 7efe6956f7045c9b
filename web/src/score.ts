// Ranks under other weights, at once and in the page: the arithmetic of the ranking by size.
import type { Cluster, Indicator } from "./types";

export interface Ranked {
  cluster: Cluster;
  value: number;
  place: number;
  parts: number[];
}

export function total(cluster: Cluster, indicators: Indicator[], weights: number[], aggregation: string): number {
  const shares = indicators.map((one) => cluster.shares[one.name] ?? 0);
  if (aggregation !== "geometric") return shares.reduce((sum, share, k) => sum + share * weights[k], 0);
  const all = weights.reduce((a, b) => a + b, 0);
  if (all === 0 || shares.some((share, k) => weights[k] > 0 && share <= 0)) return 0;
  return Math.exp(shares.reduce((sum, share, k) => sum + (weights[k] ? weights[k] * Math.log(share) : 0), 0) / all);
}

export const baseWeights = (indicators: Indicator[]) => indicators.map((one) => (one.partial.length ? 0 : one.weight));

export function ranked(
  clusters: Cluster[],
  by: string,
  indicators: Indicator[],
  weights: number[] | null,
  aggregation: string,
): Ranked[] {
  const used = weights ?? baseWeights(indicators);
  const indicator = indicators.find((one) => one.name === by);
  const totalOf = (c: Cluster) => (weights === null ? c.total : total(c, indicators, used, aggregation));
  const valueOf = (c: Cluster): number | null => {
    if (by === "intensity") {
      if (c.intensity == null || c.intensity_rank == null || !c.total) return null;
      return (c.intensity * totalOf(c)) / c.total;
    }
    if (by === "growth") return c.growth ?? null;
    return indicator ? (c.shares[indicator.name] ?? null) : totalOf(c);
  };
  const rows: Ranked[] = [];
  for (const cluster of clusters) {
    const value = valueOf(cluster);
    if (value === null || !Number.isFinite(value)) continue;
    const parts = by === "total" ? indicators.map((one, k) => (cluster.shares[one.name] ?? 0) * used[k]) : [];
    rows.push({ cluster, value, place: 0, parts });
  }
  rows.sort((a, b) => b.value - a.value || a.cluster.rank - b.cluster.rank || a.cluster.id - b.cluster.id);
  rows.forEach((row, k) => (row.place = k > 0 && rows[k - 1].value === row.value ? rows[k - 1].place : k + 1));
  return rows;
}
