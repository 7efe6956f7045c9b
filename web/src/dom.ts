// Elements without HTML text: what a run folder holds is data, never markup.
type Child = Node | string | number | null | undefined | false;
type Properties = Record<string, unknown>;

function fill(element: Element, properties: Properties, children: (Child | Child[])[]) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value as EventListener);
    else if (name === "style") Object.assign((element as HTMLElement).style, value);
    else if (name === "value" || name === "checked" || name === "open") Reflect.set(element, name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat())
    if (child !== null && child !== undefined && child !== false)
      element.append(child instanceof Node ? child : String(child));
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: (Child | Child[])[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  fill(element, properties, children);
  return element;
}

export function s(tag: string, properties: Properties = {}, ...children: (Child | Child[])[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(element, properties, children);
  return element;
}

export const $ = <T extends Element = HTMLElement>(selector: string) => document.querySelector(selector) as T;

export function dataTable(caption: string, head: string[], rows: (Child | Child[])[][], numeric: number[] = []) {
  return h(
    "table",
    {},
    h("caption", {}, caption),
    h("thead", {}, h("tr", {}, ...head.map((t, k) => h("th", { scope: "col", class: numeric.includes(k) && "n" }, t)))),
    h(
      "tbody",
      {},
      ...rows.map((row) =>
        h(
          "tr",
          {},
          ...row.map((cell, k) =>
            k === 0
              ? h("th", { scope: "row" }, ...[cell].flat())
              : h("td", { class: numeric.includes(k) && "n" }, ...[cell].flat()),
          ),
        ),
      ),
    ),
  );
}

export const missing = (sentence: string) => h("p", { class: "missing" }, sentence);
