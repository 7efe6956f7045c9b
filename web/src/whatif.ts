// What if the rule were another: sliders; the server answers, weights move in the page at once.
import { h } from "./dom";
import { fixed, percent, whole } from "./format";
import { ACCENT, sourceColour } from "./palette";
import { saveText } from "./saving";
import type { Answer, Summary } from "./types";

export interface Rule {
  key: string;
  label: string;
  low: number;
  high: number;
  step: number;
  base: number;
  logarithmic: boolean;
  shown: (value: number) => string;
}

const STEPS = 200;

// The sliders of a run: which density counts, and around which values, follows from its edition.
export function rules(summary: Summary): Rule[] {
  const parameters = new Map(summary.parameters.map((one) => [one.key, one.value]));
  const number = (key: string, otherwise: number) => {
    const found = Number(parameters.get(key));
    return Number.isFinite(found) && found > 0 ? found : otherwise;
  };
  const byWeight = parameters.get("cluster.threshold") === "weight";
  const density = byWeight ? "cluster.min_weight" : "cluster.min_share";
  const dense = number(density, byWeight ? 4500 : 0.001);
  return [
    { key: "cluster.radius_km", label: "Radius", low: 5, high: 40, step: 1, base: number("cluster.radius_km", 15), logarithmic: false, shown: (v) => `${fixed(v, v % 1 ? 1 : 0)} km` },
    { key: density, label: "Density", low: dense / 8, high: dense * 8, step: 0, base: dense, logarithmic: true, shown: (v) => (byWeight ? whole(v) : `${percent(v, 3)} %`) },
    { key: "merge.max_gap_km", label: "Merge gap", low: 0.5, high: 20, step: 0.5, base: number("merge.max_gap_km", 5), logarithmic: false, shown: (v) => `${fixed(v, v % 1 ? 1 : 0)} km` },
  ];
}

export const ruleValue = (rule: Rule, position: number) =>
  rule.logarithmic ? Number((rule.low * (rule.high / rule.low) ** (position / STEPS)).toPrecision(4)) : position;
const rulePosition = (rule: Rule, value: number) =>
  rule.logarithmic ? Math.round((STEPS * Math.log(value / rule.low)) / Math.log(rule.high / rule.low)) : value;

export interface PanelOptions {
  summary: Summary;
  live: boolean;
  open: boolean;
  ask: Record<string, number | string>;
  weights: number[];
  ruled: (key: string, value: number | string, base: number | string) => void;
  weighed: (weights: number[]) => void;
  reset: () => void;
  toggled: (open: boolean) => void;
}

export function panel(options: PanelOptions): HTMLElement {
  const fieldsets = [ruleFields(options), weightFields(options)];
  return h(
    "details",
    { id: "what-if", open: options.open, ontoggle: (event: Event) => options.toggled((event.target as HTMLDetailsElement).open) },
    h("summary", {}, "What if …"),
    h("div", { class: "rules" }, ...fieldsets),
    h(
      "div",
      { class: "foot" },
      h("p", { id: "status", role: "status" }, options.live ? "" : "The rule is fixed in this export; the weights are not."),
      h("button", { type: "button", id: "reset", onclick: options.reset }, "Back to the run"),
      h("button", { type: "button", id: "save-edition", disabled: true }, "Save as edition"),
    ),
    h("div", { id: "changes" }),
  );
}

function ruleFields(options: PanelOptions) {
  const sliders = rules(options.summary).map((rule) => {
    const value = Number(options.ask[rule.key] ?? rule.base);
    const output = h("output", {}, rule.shown(value));
    const input = h("input", {
      type: "range", min: rule.logarithmic ? 0 : rule.low, max: rule.logarithmic ? STEPS : rule.high, step: rule.logarithmic ? 1 : rule.step,
      "data-key": rule.key, disabled: !options.live, "aria-valuetext": rule.shown(value),
      oninput: (event: Event) => {
        const position = Number((event.target as HTMLInputElement).value);
        const atBase = position === Math.round(rulePosition(rule, rule.base) / (rule.step || 1)) * (rule.step || 1);
        const now = atBase ? rule.base : ruleValue(rule, position);
        output.textContent = rule.shown(now);
        (event.target as HTMLInputElement).setAttribute("aria-valuetext", rule.shown(now));
        options.ruled(rule.key, now, rule.base);
      },
    });
    input.value = String(rulePosition(rule, value));
    return h("label", {}, h("span", {}, rule.label), output, input);
  });
  const base = String(options.summary.parameters.find((one) => one.key === "count.method")?.value ?? "fractional");
  const counting = h(
    "select",
    {
      "data-key": "count.method", disabled: !options.live,
      onchange: (event: Event) => options.ruled("count.method", (event.target as HTMLSelectElement).value, base),
    },
    ...["fractional", "full"].map((one) => h("option", { value: one, selected: one === (options.ask["count.method"] ?? base) }, one)),
  );
  return h("fieldset", {}, h("legend", {}, "Cluster rule"), ...sliders, h("label", {}, h("span", {}, "Counting"), counting));
}

function weightFields(options: PanelOptions) {
  const weights = [...options.weights];
  return h(
    "fieldset",
    {},
    h("legend", {}, "Weights"),
    ...options.summary.indicators.map((one, k) => {
      const output = h("output", {}, fixed(weights[k], 2));
      const input = h("input", {
        type: "range", min: 0, max: 3, step: 0.05, "data-weight": one.name, disabled: one.partial.length > 0,
        style: { accentColor: sourceColour(one.name, k) ?? ACCENT },
        oninput: (event: Event) => {
          weights[k] = Number((event.target as HTMLInputElement).value);
          output.textContent = fixed(weights[k], 2);
          options.weighed([...weights]);
        },
      });
      input.value = String(weights[k]);
      return h("label", {}, h("span", {}, one.label), output, input);
    }),
  );
}

export function changesText(answer: Answer, seconds: number): string {
  const { before, after, gone, new: fresh } = answer.changes;
  const parts = [`${whole(after)} clusters (${whole(before)} in the run)`];
  if (fresh.length) parts.push(`${whole(fresh.length)} new`);
  if (gone.length) parts.push(`${whole(gone.length)} gone`);
  return `${parts.join(", ")} · ${fixed(seconds, 1)} s`;
}

export function changesList(answer: Answer, names: Map<number, string>): HTMLElement | null {
  const { gone } = answer.changes;
  const list = gone.slice(0, 40).map((one) => {
    const into = one.into === null || one.into < 0 ? "no longer dense enough" : `now part of ${names.get(one.into) ?? `cluster ${one.into}`}`;
    return h("li", {}, `${one.name}: ${into}`);
  });
  return h(
    "details",
    {},
    h("summary", {}, "What changed, and what this leaves open"),
    list.length ? h("ul", {}, ...list) : h("p", {}, "No cluster of the run is gone."),
    ...answer.notes.map((note) => h("p", { class: "hint" }, note)),
  );
}

export const saveEdition = (answer: Answer, name: string) => saveText(answer.edition, `${name}-what-if.toml`);
