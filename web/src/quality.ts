// What the numbers rest on: coverage, rows set aside, merges judged, provenance, every parameter and its status.
import { dataTable, h, missing } from "./dom";
import { bytes, fixed, whole, words } from "./format";
import { fileUrl, isSingleFile } from "./source";
import type { Quality, Summary } from "./types";

type Cell = string | number | boolean | null;
const box = (label: string, table: HTMLElement) => h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": label }, table);

function generic(title: string, rows: Record<string, Cell>[]): HTMLElement {
  if (!rows.length) return h("p", { class: "empty" }, `${title}: none.`);
  const columns = Object.keys(rows[0]);
  const numeric = columns.flatMap((name, k) => (rows.every((row) => row[name] === null || typeof row[name] === "number") ? [k] : []));
  const shown = (value: Cell) => (typeof value === "number" ? (Number.isInteger(value) ? whole(value) : fixed(value, Math.abs(value) < 0.1 ? 5 : 2)) : value === null ? "–" : String(value));
  return box(title, dataTable(title, columns.map(words), rows.map((row) => columns.map((name) => shown(row[name]))), numeric));
}

function coverage(quality: Quality): HTMLElement {
  if (!quality.coverage.length) return missing("This run has no coverage.parquet: `hubscan run` writes it.");
  return generic("Coverage of the geocoding, by economy and source", quality.coverage);
}

function parameters(summary: Summary): HTMLElement {
  const counts = ["documented", "inferred", "assumed"].map((status) => `${summary.parameters.filter((one) => one.status === status).length} ${status}`);
  const shown = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  return h(
    "div",
    {},
    h("p", { class: "hint" }, `${counts.join(", ")}. Documented: a source gives the value. Inferred: it follows from published figures. Assumed: our choice.`),
    box("Parameters", dataTable("Every parameter of the edition", ["Parameter", "Value", "Status"], summary.parameters.map((one) => [one.key, shown(one.value), h("span", { class: `status ${one.status}` }, one.status)]))),
  );
}

export function files(home: string, downloads: { name: string; bytes: number }[]): HTMLElement {
  if (isSingleFile) return h("p", { class: "missing" }, "This single file holds no further files: they are in the run folder, and in a site made by `hubscan export site`.");
  return h(
    "ul",
    { class: "files" },
    ...downloads.map((one) => h("li", {}, h("a", { href: fileUrl(`${home}/files/${one.name}`), download: one.name }, one.name), " ", h("small", {}, bytes(one.bytes)))),
  );
}

export function qualityView(summary: Summary, quality: Quality): HTMLElement[] {
  const section = (id: string, title: string, ...content: (Node | null)[]) => h("section", { id, "aria-labelledby": `${id}-title` }, h("h3", { id: `${id}-title` }, title), ...content);
  return [
    h("h2", {}, "Data quality and provenance"),
    h("p", { class: "sub" }, `${summary.title}. ${summary.note}`),
    section("coverage", "Coverage", coverage(quality), generic("Totals of the inputs", quality.totals)),
    section(
      "rejected", "Rows set aside",
      h("p", {}, summary.rejected_rows ? `${whole(summary.rejected_rows)} input rows were set aside; rejected.parquet in the run folder holds them all.` : "No input row was set aside."),
      quality.reasons.length ? generic("Reasons", quality.reasons as never) : null,
      quality.rejected.length ? generic("The first rows set aside", quality.rejected) : null,
    ),
    section("merging", "Neighbours judged", generic("Pairs of neighbouring clusters", quality.merging)),
    section("parameters", "Parameters", parameters(summary)),
    section(
      "provenance", "Provenance",
      box("Input files", dataTable("Input files", ["Source", "File", "Size", "SHA-256"], summary.files.map((one) => [one.source, one.file, bytes(one.bytes), h("code", {}, one.sha256)]), [2])),
      box("Versions", dataTable("Versions", ["Software", "Version"], Object.entries({ hubscan: summary.hubscan, ...summary.versions }))),
      h("p", { class: "hint" }, summary.attribution.join(" ")),
    ),
    section("not-here", "Not in this run", Object.keys(summary.missing).length ? h("ul", {}, ...Object.values(summary.missing).map((one) => h("li", {}, one))) : h("p", {}, "Nothing is missing.")),
    section("files", "Files", files(`runs/${summary.id}`, summary.downloads)),
  ];
}
