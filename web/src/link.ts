// The state of the page as an address: each view has a link that restores it.
export type View = "world" | "compare" | "editions" | "index" | "quality";
export type Projection = "equal-earth" | "globe" | "mercator";
export interface State {
  v: View;
  r: number; // run
  by: string; // ranked by
  c: number | null; // chosen cluster
  p: Projection;
  w: number[] | null; // weights of the indicators, null for the edition's
  ask: Record<string, number | string>; // what-if values by dotted key
  cmp: number[]; // clusters compared
  i: number; // index
  iw: Record<string, number>; // weights of the index, by node
  u: string | null; // chosen unit of the index
  f: string; // figure of the index
  hide: string[]; // layers switched off
  show: string[]; // layers switched on
}

export const VIEWS: View[] = ["world", "compare", "editions", "index", "quality"];
const PROJECTIONS: Projection[] = ["equal-earth", "globe", "mercator"];
export const initial = (): State => ({
  v: "world", r: 0, by: "total", c: null, p: "equal-earth", w: null, ask: {}, cmp: [], i: 0, iw: {}, u: null,
  f: "heat", hide: [], show: [],
});

const MOST = 4;
const pairs = (record: Record<string, number | string>) =>
  Object.entries(record)
    .map(([key, value]) => `${key}:${value}`)
    .join(",");

export function written(state: State): string {
  const base = initial();
  const search = new URLSearchParams();
  const put = (key: keyof State, text: string, same: boolean) => {
    if (!same) search.set(key, text);
  };
  for (const key of ["v", "by", "p", "f"] as const) put(key, state[key], state[key] === base[key]);
  for (const key of ["r", "i"] as const) put(key, String(state[key]), state[key] === 0);
  put("c", String(state.c), state.c === null);
  put("u", String(state.u), state.u === null);
  put("w", (state.w ?? []).join(","), state.w === null);
  put("ask", pairs(state.ask), Object.keys(state.ask).length === 0);
  put("iw", pairs(state.iw), Object.keys(state.iw).length === 0);
  for (const key of ["cmp", "hide", "show"] as const) put(key, state[key].join(","), state[key].length === 0);
  return search.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

const wholeNumber = (text: string | null): number | null => (text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null);
const record = (text: string | null): Record<string, number | string> => {
  const found: Record<string, number | string> = {};
  for (const part of (text ?? "").split(",")) {
    const match = /^([\w.]{1,60}):([\w.+-]{1,30})$/.exec(part);
    if (match) found[match[1]] = Number.isFinite(Number(match[2])) ? Number(match[2]) : match[2];
  }
  return found;
};
const names = (text: string | null) => (text ?? "").split(",").filter((name) => /^[\w-]{1,30}$/.test(name));

export function read(hash: string): State {
  const search = new URLSearchParams(hash.replace(/^#/, ""));
  const state = initial();
  const view = search.get("v") as View;
  if (VIEWS.includes(view)) state.v = view;
  const projection = search.get("p") as Projection;
  if (PROJECTIONS.includes(projection)) state.p = projection;
  state.by = names(search.get("by"))[0] ?? state.by;
  state.f = names(search.get("f"))[0] ?? state.f;
  state.r = wholeNumber(search.get("r")) ?? 0;
  state.i = wholeNumber(search.get("i")) ?? 0;
  state.c = wholeNumber(search.get("c"));
  state.u = search.get("u");
  const weights = (search.get("w") ?? "").split(",").map(Number);
  if (search.has("w") && weights.every((w) => Number.isFinite(w) && w >= 0)) state.w = weights;
  state.ask = record(search.get("ask"));
  for (const [key, value] of Object.entries(record(search.get("iw"))))
    if (typeof value === "number" && value >= 0) state.iw[key] = value;
  state.cmp = (search.get("cmp") ?? "").split(",").map(wholeNumber).filter((n): n is number => n !== null).slice(0, MOST);
  state.hide = names(search.get("hide"));
  state.show = names(search.get("show"));
  return state;
}
