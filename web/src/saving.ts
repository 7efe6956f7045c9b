// What the page saves by itself, with or without a server.
const BOM = "\ufeff";

export function save(content: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// RFC 4180; a text that a spreadsheet would run as a formula begins with an apostrophe.
function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const plain = String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csv = (rows: unknown[][]) => rows.map((row) => row.map(cell).join(",")).join("\n") + "\n";
export const saveCsv = (rows: unknown[][], name: string) =>
  save(new Blob([BOM, csv(rows)], { type: "text/csv;charset=utf-8" }), `${name}.csv`);

export function tableFile(table: HTMLTableElement, name: string) {
  saveCsv([...table.rows].map((row) => [...row.cells].map((one) => one.dataset.value ?? one.textContent ?? "")), name);
}

function svgText(chart: SVGSVGElement): string {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [key, value] of Object.entries({ width: "100%", height: "100%", fill: "#fffefb" })) ground.setAttribute(key, value);
  copy.prepend(ground);
  return new XMLSerializer().serializeToString(copy);
}

export const svgFile = (chart: SVGSVGElement, name: string) => save(new Blob([svgText(chart)], { type: "image/svg+xml" }), `${name}.svg`);

// Three dots of the picture for one of the page, so that it can be printed.
export async function pngFile(chart: SVGSVGElement, name: string) {
  const { width, height } = chart.viewBox.baseVal;
  const image = new Image(3 * width, 3 * height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(chart))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [3 * width, 3 * height];
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((content) => content && save(content, `${name}.png`), "image/png");
}

export function saveJson(content: unknown, name: string) {
  save(new Blob([JSON.stringify(content)], { type: "application/geo+json" }), name);
}

export const saveText = (content: string, name: string) => save(new Blob([content], { type: "text/plain;charset=utf-8" }), name);
