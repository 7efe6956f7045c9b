// Numbers as the reader's locale writes them.
const locale = navigator.languages?.length ? [...navigator.languages] : ["en"];
const cache = new Map<string, Intl.NumberFormat>();

function formatter(options: Intl.NumberFormatOptions) {
  const key = JSON.stringify(options);
  if (!cache.has(key)) cache.set(key, new Intl.NumberFormat(locale, options));
  return cache.get(key)!;
}

const NONE = "–";
type Value = number | null | undefined;
const known = (value: Value): value is number => value !== null && value !== undefined && Number.isFinite(value);

export const whole = (value: Value) => (known(value) ? formatter({ maximumFractionDigits: 0 }).format(value) : NONE);
export const fixed = (value: Value, digits = 2) =>
  known(value)
    ? formatter({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)
    : NONE;
export const percent = (share: Value, digits = 2) => fixed(known(share) ? 100 * share : null, digits);
export const short = (value: Value) =>
  known(value) ? formatter({ notation: "compact", maximumFractionDigits: 1 }).format(value) : NONE;
export const level = (value: Value) => (known(value) ? `${whole(100 * value)} %` : "rank");
export const bytes = (value: number) =>
  value < 1e6 ? `${whole(Math.max(1, value / 1e3))} kB` : `${fixed(value / 1e6, 1)} MB`;
export const signed = (value: number) => (value > 0 ? `▲ ${value}` : value < 0 ? `▼ ${-value}` : "＝");

const regions = (() => {
  try {
    return new Intl.DisplayNames(locale, { type: "region" });
  } catch {
    return null;
  }
})();

export function economyName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code || "unknown";
  try {
    return regions?.of(code) ?? code;
  } catch {
    return code;
  }
}

export const words = (name: string) => name.replaceAll("_", " ");
