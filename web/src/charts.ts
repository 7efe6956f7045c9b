// Charts as plain SVG: each is one image with one name, and stands beside a table that says the same.
import { h, s } from "./dom";
import { pngFile, svgFile, tableFile } from "./saving";
import { short } from "./format";
import { ACCENT, heat, INK, onHeat } from "./palette";

const FONT = "Inter Variable, Inter, system-ui, sans-serif";
const MUTED = "#5d6773";
const LINE = "#dcd9d0";

export function picture(name: string, width: number, height: number, ...marks: (Node | Node[] | null)[]) {
  const flat = marks.flat().filter((mark): mark is Node => mark !== null);
  return s(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": name, "font-family": FONT, class: "chart" },
    ...flat,
  ) as SVGSVGElement;
}

export const text = (x: number, y: number, content: string, more: Record<string, unknown> = {}) =>
  s("text", { x, y, "font-size": 11.5, fill: INK, "dominant-baseline": "middle", ...more }, content);

export const clipped = (label: string, most: number) => (label.length > most ? `${label.slice(0, most - 1)}…` : label);

export interface Bar {
  label: string;
  value: number;
  note: string;
  colour: string;
}

export function bars(name: string, rows: Bar[], left = 128, width = 330): SVGSVGElement {
  const right = 84;
  const top = Math.max(...rows.map((row) => row.value), 1e-12);
  const step = 22;
  return picture(
    name,
    width,
    rows.length * step + 4,
    ...rows.map((row, k) => [
      text(left - 8, k * step + 13, clipped(row.label, Math.floor(left / 6.7)), { "text-anchor": "end", fill: MUTED }),
      s("rect", { x: left, y: k * step + 5, width: Math.max(1, ((width - left - right) * row.value) / top), height: 15, rx: 2, fill: row.colour }),
      text(left + ((width - left - right) * row.value) / top + 6, k * step + 13, row.note),
    ]),
  );
}

export function heatMap(name: string, rows: string[], columns: string[], values: (number | null)[][], digits: number) {
  const left = 150;
  const topMargin = 118;
  const cell = Math.max(36, Math.min(64, Math.floor(650 / Math.max(columns.length, 1))));
  const step = 20;
  const scale = columns.map((_, j) => {
    const known = values.map((row) => row[j]).filter((v): v is number => v !== null);
    return [Math.min(...known), Math.max(...known)] as const;
  });
  const marks = rows.flatMap((row, i) => [
    text(left - 8, topMargin + i * step + step / 2, clipped(row, 24), { "text-anchor": "end" }),
    ...columns.flatMap((_, j) => {
      const value = values[i][j];
      const part = value === null ? 0 : (value - scale[j][0]) / (scale[j][1] - scale[j][0] || 1);
      return [
        s("rect", { x: left + j * cell, y: topMargin + i * step, width: cell - 1.5, height: step - 1.5, fill: value === null ? "#f1efe9" : heat(part) }),
        text(left + j * cell + cell / 2 - 1, topMargin + i * step + step / 2, value === null ? "–" : value.toFixed(digits), {
          "text-anchor": "middle", "font-size": 10, fill: value === null ? MUTED : onHeat(part),
        }),
      ];
    }),
  ]);
  const heads = columns.map((column, j) =>
    text(0, 0, clipped(column, 24), {
      transform: `translate(${left + j * cell + cell / 2},${topMargin - 8}) rotate(-40)`, fill: MUTED,
    }),
  );
  return picture(name, left + columns.length * cell + 70, topMargin + rows.length * step + 6, ...heads, ...marks);
}

export interface Dot {
  label: string;
  x: number;
  y: number;
  size: number;
  colour: string;
  strong?: boolean;
  onclick?: () => void;
}

export function niceTicks(low: number, high: number, about = 5): number[] {
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / about));
  const step = [1, 2, 5, 10].map((m) => m * power).find((candidate) => span / candidate <= about)!;
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.floor((high - first) / step + 1e-9) + 1 }, (_, k) => +(first + k * step).toPrecision(12));
}

export function scatter(name: string, dots: Dot[], xTitle: string, yTitle: string, width = 820, height = 480) {
  const m = { left: 54, right: 24, top: 14, bottom: 46 };
  const range = (values: number[]) => {
    const low = Math.min(...values);
    const high = Math.max(...values);
    const pad = (high - low || 1) * 0.07;
    return [low - pad, high + pad] as const;
  };
  const [x0, x1] = range(dots.map((d) => d.x));
  const [y0, y1] = range(dots.map((d) => d.y));
  const x = (v: number) => m.left + ((v - x0) / (x1 - x0)) * (width - m.left - m.right);
  const y = (v: number) => height - m.bottom - ((v - y0) / (y1 - y0)) * (height - m.top - m.bottom);
  const grid = [
    ...niceTicks(x0, x1).flatMap((v) => [
      s("line", { x1: x(v), x2: x(v), y1: m.top, y2: height - m.bottom, stroke: LINE }),
      text(x(v), height - m.bottom + 16, String(v), { "text-anchor": "middle", fill: MUTED }),
    ]),
    ...niceTicks(y0, y1).flatMap((v) => [
      s("line", { x1: m.left, x2: width - m.right, y1: y(v), y2: y(v), stroke: LINE }),
      text(m.left - 8, y(v), String(v), { "text-anchor": "end", fill: MUTED }),
    ]),
    text((m.left + width - m.right) / 2, height - 12, xTitle, { "text-anchor": "middle", "font-weight": 600 }),
    text(0, 0, yTitle, { transform: `translate(14,${(m.top + height - m.bottom) / 2}) rotate(-90)`, "text-anchor": "middle", "font-weight": 600 }),
  ];
  const largest = Math.max(...dots.map((d) => d.size), 1e-12);
  const even = dots.every((d) => d.size === largest);
  const radius = (d: Dot) => (even ? 6 : 4 + 12 * Math.sqrt(d.size / largest));
  const placed: [number, number, number][] = [];
  const marks = [...dots].sort((a, b) => b.size - a.size).map((d) => {
    const r = radius(d);
    return s("circle", {
      cx: x(d.x), cy: y(d.y), r, fill: d.colour, "fill-opacity": d.strong ? 0.95 : 0.5, stroke: d.colour, "stroke-width": d.strong ? 2.4 : 1,
    }, s("title", {}, `${d.label}: ${d.x.toFixed(2)}, ${d.y.toFixed(2)}`));
  });
  const labels = [...dots].sort((a, b) => Number(b.strong ?? false) - Number(a.strong ?? false) || b.size - a.size).flatMap((d) => {
    const px = x(d.x);
    const py = y(d.y) - radius(d) - 7;
    const half = d.label.length * 3;
    if (placed.some(([ox, oy, oh]) => Math.abs(ox - px) < half + oh + 3 && Math.abs(oy - py) < 13)) return [];
    placed.push([px, py, half]);
    return [text(px, py, d.label, { "text-anchor": px < m.left + 40 ? "start" : px > width - 70 ? "end" : "middle", "font-size": 11, "font-weight": d.strong ? 650 : 400 })];
  });
  return picture(name, width, height, ...grid, ...marks, ...labels);
}

export interface Whisker {
  label: string;
  low: number | null;
  at: number;
  high: number | null;
}

export function whiskers(name: string, rows: Whisker[], axis: string, width = 820) {
  const left = 170;
  const step = 18;
  const top = 30;
  const most = Math.max(...rows.map((row) => Math.max(row.high ?? row.at, row.at)), 2);
  const x = (v: number) => left + ((v - 1) / (most - 1)) * (width - left - 30);
  const ticks = [1, ...niceTicks(1, most, 8).filter((v) => v > 1 && Number.isInteger(v))];
  return picture(
    name,
    width,
    top + rows.length * step + 8,
    text(left, 8, axis, { fill: MUTED }),
    ...ticks.flatMap((v) => [
      s("line", { x1: x(v), x2: x(v), y1: top - 4, y2: top + rows.length * step, stroke: LINE }),
      text(x(v), top - 11, String(v), { "text-anchor": "middle", "font-size": 10, fill: MUTED }),
    ]),
    ...rows.flatMap((row, k) => {
      const y = top + k * step + step / 2;
      return [
        text(left - 10, y, clipped(row.label, 27), { "text-anchor": "end" }),
        row.low !== null && row.high !== null
          ? s("line", { x1: x(row.low), x2: x(row.high), y1: y, y2: y, stroke: "#2a6f97", "stroke-width": 5, "stroke-linecap": "round", "stroke-opacity": 0.35 })
          : null,
        s("circle", { cx: x(row.at), cy: y, r: 4, fill: ACCENT }),
      ];
    }),
  );
}

export interface Track {
  name: string;
  ranks: (number | null)[];
}

export function bump(name: string, tracks: Track[], titles: string[], depth: number, colours: (k: number) => string | null) {
  const step = 22;
  const left = 200;
  const gap = Math.max(130, Math.min(260, 620 / Math.max(titles.length - 1, 1)));
  const width = left * 2 + gap * (titles.length - 1);
  const top = 34;
  const x = (k: number) => left + gap * k;
  const y = (rank: number) => top + (Math.min(rank, depth + 1) - 0.5) * step;
  const marks: (Node | null)[] = titles.map((title, k) => text(x(k), 12, clipped(title, 30), { "text-anchor": "middle", "font-weight": 600 }));
  tracks.forEach((track, t) => {
    const colour = colours(t) ?? "#a9b0b6";
    const strong = colours(t) !== null;
    const shown = track.ranks.map((rank) => (rank !== null && rank <= depth ? rank : null));
    for (let k = 0; k + 1 < shown.length; k++) {
      const [a, b] = [track.ranks[k], track.ranks[k + 1]];
      if (a === null || b === null || (shown[k] === null && shown[k + 1] === null)) continue;
      const middle = (x(k) + x(k + 1)) / 2;
      marks.push(
        s("path", {
          d: `M${x(k)},${y(a)}C${middle},${y(a)} ${middle},${y(b)} ${x(k + 1)},${y(b)}`, fill: "none", stroke: colour,
          "stroke-width": strong ? 2.6 : 1.6, "stroke-opacity": shown[k] === null || shown[k + 1] === null ? 0.3 : strong ? 1 : 0.75,
        }),
      );
    }
    shown.forEach((rank, k) => {
      if (rank !== null) marks.push(s("circle", { cx: x(k), cy: y(rank), r: strong ? 5 : 4, fill: colour, stroke: "#fffefb" }));
    });
    const [first, last] = [shown[0], shown[shown.length - 1]];
    const ink = { fill: INK, "font-weight": strong ? 650 : 400 };
    if (first !== null) marks.push(text(x(0) - 12, y(first), `${clipped(track.name, 23)}  ${first}`, { "text-anchor": "end", ...ink }));
    if (last !== null) marks.push(text(x(titles.length - 1) + 12, y(last), `${last}  ${clipped(track.name, 23)}`, ink));
  });
  return picture(name, width, top + (depth + 1) * step, ...marks);
}

// The rank of one cluster from run to run, first place on top.
export function rankLine(name: string, steps: { title: string; rank: number | null }[], width = 344): SVGSVGElement {
  const height = 120;
  const edge = 44;
  const known = steps.flatMap((one) => (one.rank === null ? [] : [one.rank]));
  const [best, worst] = [Math.min(...known), Math.max(...known)];
  const x = (k: number) => edge + ((width - 2 * edge) * k) / Math.max(steps.length - 1, 1);
  const y = (rank: number) => 30 + (worst === best ? 25 : (50 * (rank - best)) / (worst - best));
  const marks = steps.flatMap((one, k) => {
    const title = text(x(k), height - 10, clipped(one.title, Math.max(6, Math.floor(56 / steps.length))), { "text-anchor": "middle", fill: MUTED });
    if (one.rank === null) return [title];
    const next = steps[k + 1]?.rank ?? null;
    const line = next === null ? [] : [s("line", { x1: x(k), y1: y(one.rank), x2: x(k + 1), y2: y(next), stroke: ACCENT, "stroke-width": 2.4 })];
    return [...line, s("circle", { cx: x(k), cy: y(one.rank), r: 4.5, fill: ACCENT }), text(x(k), y(one.rank) - 15, String(one.rank), { "text-anchor": "middle", "font-weight": 650 }), title];
  });
  return picture(name, width, height, ...marks);
}

export interface Columns {
  label: string;
  colour: string;
  counts: { year: number; count: number }[];
}

// One row of columns an indicator, each row against its own largest value.
export function columns(name: string, rows: Columns[], width = 344): SVGSVGElement {
  const high = 78;
  const left = 98;
  const marks = rows.flatMap((row, k) => {
    const foot = k * high + 60;
    const most = Math.max(...row.counts.map((one) => one.count), 1e-12);
    const step = (width - left - 8) / row.counts.length;
    return [
      text(0, foot - 18, clipped(row.label, 15), { fill: MUTED }),
      s("line", { x1: left, x2: width - 8, y1: foot, y2: foot, stroke: LINE }),
      ...row.counts.flatMap((one, n) => {
        const tall = (38 * one.count) / most;
        const middle = { "text-anchor": "middle", "font-size": 9.5 };
        return [
          s("rect", { x: left + n * step + step * 0.14, y: foot - tall, width: step * 0.72, height: tall, fill: row.colour }),
          text(left + (n + 0.5) * step, foot - tall - 7, short(one.count), middle),
          text(left + (n + 0.5) * step, foot + 9, String(one.year), { ...middle, fill: MUTED }),
        ];
      }),
    ];
  });
  return picture(name, width, rows.length * high, ...marks);
}

// A chart, its table, and both as files.
export function figure(title: string, chart: SVGSVGElement, table: HTMLTableElement | null, file: string) {
  return h(
    "figure",
    {},
    h("figcaption", {}, title),
    h("div", { class: "canvas", tabindex: 0, role: "group", "aria-label": title }, chart),
    h(
      "div",
      { class: "figure-tools" },
      table && h("details", {}, h("summary", {}, "As a table"), h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": `${title}, table` }, table)),
      h("button", { type: "button", class: "quiet", "aria-label": `${title}: download SVG`, onclick: () => svgFile(chart, file) }, "SVG"),
      h("button", { type: "button", class: "quiet", "aria-label": `${title}: download PNG`, onclick: () => void pngFile(chart, file) }, "PNG"),
      table && h("button", { type: "button", class: "quiet", "aria-label": `${title}: download CSV`, onclick: () => tableFile(table, file) }, "CSV"),
    ),
  );
}
