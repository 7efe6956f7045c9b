// One accent, three sources, four bands: bands differ in lightness, so that they are told apart without hue.
export const INK = "#16202b";
export const ACCENT = "#b4431f";
export const NOISE = "#8d9296";
const SOURCES: Record<string, string> = { patents: "#2a6f97", publications: "#5a8f3c", deals: "#c77d1e" };
const OTHERS = ["#7b5ea7", "#3a8f8a", "#a2475f", "#6d6f2b"];
const BANDS = ["#7a2208", "#b4431f", "#dc8150", "#eab794"];
export const BEYOND = "#c9bfb0";

export const sourceColour = (name: string, position: number) => SOURCES[name] ?? OTHERS[position % OTHERS.length];
export const bandColour = (band: number) => BANDS[Math.min(band, BANDS.length - 1)];
export const bandOf = (place: number, ends: number[]) => ends.findIndex((end) => place <= end);
export const SERIES = ["#2a6f97", "#b4431f", "#5a8f3c", "#7b5ea7"];
export const GROUPS = ["#2a6f97", "#c77d1e", "#5a8f3c", "#7b5ea7", "#a2475f", "#3a8f8a"];

// Sequential scale for heat maps: paper to deep blue.
const STOPS = [[251, 250, 246], [205, 222, 230], [128, 176, 201], [56, 121, 160], [21, 66, 101]];
export function heat(part: number): string {
  const x = Math.max(0, Math.min(1, part)) * (STOPS.length - 1);
  const k = Math.min(Math.floor(x), STOPS.length - 2);
  const mixed = STOPS[k].map((low, j) => Math.round(low + (STOPS[k + 1][j] - low) * (x - k)));
  return `rgb(${mixed.join(",")})`;
}
export const onHeat = (part: number) => (part > 0.55 ? "#ffffff" : INK);
