// The map as vector graphics: the features, order, colours and widths of its style, drawn where the map draws them.
import { type LayerSpecification, type Map as MapLibre } from "maplibre-gl";
import { s } from "./dom";
import { INK } from "./palette";

type At = [number, number];
type Properties = Record<string, unknown>;
interface Value {
  evaluate(feature: object, state: object): unknown;
}
// What the map library knows of a layer at the zoom shown; it does not say so in its types.
interface Styled {
  paint: { get(name: string): unknown };
  layout: { get(name: string): unknown };
  isHidden(zoom: number): boolean;
  _featureFilter: { filter(at: { zoom: number }, feature: object): boolean };
}
interface Feature {
  type: 1 | 2 | 3;
  id?: string | number;
  properties: Properties;
  geometry: GeoJSON.Geometry;
}
export interface Sheet {
  map: MapLibre;
  layers: LayerSpecification[];
  data: Record<string, GeoJSON.GeoJSON>;
  title: string;
  notes: string[];
}

const KINDS: Record<string, 1 | 2 | 3> = { Point: 1, MultiPoint: 1, LineString: 2, MultiLineString: 2, Polygon: 3, MultiPolygon: 3 };
const MARGIN = 40; // what lies further outside is not drawn
const SAME = Math.cos(0.004); // of two places, as an angle
const FAINTEST = 8; // dots at one spot told apart
const NAMES = "'Inter Variable', Inter, 'Noto Sans', sans-serif";
const short = (number: number) => String(Math.round(number * 10) / 10);
const pair = ([x, y]: At) => `${short(x)} ${short(y)}`;

// Where places are: in a plane, or on a globe with a far side.
interface Ground {
  width: number;
  height: number;
  at(place: GeoJSON.Position): At;
  behind(place: GeoJSON.Position): boolean;
  rim(place: GeoJSON.Position): GeoJSON.Position;
}

const DEGREE = Math.PI / 180;
const vector = ([longitude, latitude]: GeoJSON.Position) => {
  const [a, b] = [longitude * DEGREE, latitude * DEGREE];
  return [Math.cos(b) * Math.cos(a), Math.cos(b) * Math.sin(a), Math.sin(b)];
};
const dot = (u: number[], v: number[]) => u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
const place = ([x, y, z]: number[]): GeoJSON.Position => [Math.atan2(y, x) / DEGREE, Math.atan2(z, Math.hypot(x, y)) / DEGREE];

function groundOf(map: MapLibre, globe: boolean): Ground {
  const { clientWidth: width, clientHeight: height } = map.getContainer();
  const at = ([longitude, latitude]: GeoJSON.Position): At => {
    const { x, y } = map.project([longitude, Math.max(-89.9, Math.min(89.9, latitude))]);
    return [x, y];
  };
  const plane = { width, height, at, behind: () => false, rim: (one: GeoJSON.Position) => one };
  if (!globe) return plane;
  const middle = map.getCenter();
  const centre = vector([middle.lng, middle.lat]);
  const towards = (one: number[], angle: number) => {
    const along = dot(one, centre);
    const across = one.map((x, k) => x - along * centre[k]);
    const length = Math.hypot(...across) || 1;
    return place(across.map((x, k) => (Math.sin(angle) * x) / length + Math.cos(angle) * centre[k]));
  };
  // the dot of a place that is hidden shows another one
  const hidden = (one: GeoJSON.Position) => {
    const { lng, lat } = map.unproject(at(one));
    return dot(vector([lng, lat]), vector(one)) < SAME;
  };
  let [near, far] = [0, Math.PI / 2]; // the rim of what is seen, as an angle from the centre
  const aside = Math.abs(centre[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
  for (let round = 0; round < 30; round++) {
    const angle = (near + far) / 2;
    if (hidden(towards(aside, angle))) far = angle;
    else near = angle;
  }
  const least = Math.cos(near);
  return { ...plane, behind: (one) => dot(vector(one), centre) < least, rim: (one) => towards(vector(one), near) };
}

const lines = (geometry: GeoJSON.Geometry): GeoJSON.Position[][] => {
  if (geometry.type === "LineString") return [geometry.coordinates];
  if (geometry.type === "MultiLineString" || geometry.type === "Polygon") return geometry.coordinates;
  return geometry.type === "MultiPolygon" ? geometry.coordinates.flat() : [];
};

function within(found: At[], { width, height }: Ground) {
  const [xs, ys] = [found.map(([x]) => x), found.map(([, y]) => y)];
  const span = (all: number[], most: number) => all.some((one) => one > -MARGIN) && all.some((one) => one < most + MARGIN);
  return span(xs, width) && span(ys, height);
}

function drawn(found: At[], ground: Ground, close: string) {
  const written: string[] = [];
  for (const one of found) {
    const text = pair(one);
    if (text !== written.at(-1)) written.push(text);
  }
  return written.length > 1 && within(found, ground) ? `M${written.join("L")}${close}` : "";
}

// A ring that goes behind the globe follows its rim there.
function area(geometry: GeoJSON.Geometry, ground: Ground) {
  const shown = lines(geometry).filter((ring) => !ring.every(ground.behind));
  return shown.map((ring) => drawn(ring.map((one) => ground.at(ground.behind(one) ? ground.rim(one) : one)), ground, "Z")).join("");
}

function strokes(geometry: GeoJSON.Geometry, ground: Ground) {
  const seen = lines(geometry).flatMap((line) => {
    const runs: At[][] = [[]];
    for (const one of line) {
      if (!ground.behind(one)) runs.at(-1)!.push(ground.at(one));
      else if (runs.at(-1)!.length) runs.push([]);
    }
    return runs;
  });
  return seen.map((run) => drawn(run, ground, "")).join("");
}

const positions = (geometry: GeoJSON.Geometry) =>
  geometry.type === "Point" ? [geometry.coordinates] : geometry.type === "MultiPoint" ? geometry.coordinates : [];

function spots(geometry: GeoJSON.Geometry, ground: Ground) {
  const inside = ([x, y]: At) => x > -MARGIN && x < ground.width + MARGIN && y > -MARGIN && y < ground.height + MARGIN;
  return positions(geometry).filter((one) => !ground.behind(one)).map(ground.at).filter(inside);
}

// Thousands of dots as a few paths: those at one spot are as dark as they are on the map, where each is drawn over the others.
// The map's dots fade over their last pixel: a sharp dot as dark as that is smaller.
const sharp = (radius: number) => Math.sqrt(radius > 1 ? radius * radius - radius + 1 / 3 : (radius * radius) / 3);

function dots(found: At[], radius: number, colour: string, opacity: number) {
  const times = new Map<string, number>();
  for (const one of found) times.set(pair(one), (times.get(pair(one)) ?? 0) + 1);
  const alike = new Map<number, string[]>();
  for (const [at, many] of times) {
    const depth = Math.min(many, FAINTEST);
    alike.set(depth, [...(alike.get(depth) ?? []), `M${at}h0`]);
  }
  return [...alike].map(([depth, paths]) =>
    s("path", { d: paths.join(""), stroke: colour, "stroke-width": (2 * sharp(radius)).toFixed(2), "stroke-linecap": "round", "stroke-opacity": (1 - (1 - opacity) ** depth).toFixed(3) }));
}

class Layer {
  private readonly styled: Styled;
  constructor(private readonly sheet: Sheet, private readonly layer: LayerSpecification, private readonly ground: Ground) {
    this.styled = sheet.map.getLayer(layer.id) as unknown as Styled;
  }

  draw(): SVGElement | null {
    const { map } = this.sheet;
    if (!this.styled || this.styled.isHidden(map.getZoom()) || map.getLayoutProperty(this.layer.id, "visibility") === "none") return null;
    const drawing = { fill: this.fills, line: this.strokes, circle: this.circles, symbol: this.names }[this.layer.type as string];
    return drawing ? s("g", { id: this.layer.id, fill: "none" }, ...drawing.call(this, this.features())) : null;
  }

  private features(): Feature[] {
    const given = this.sheet.data["source" in this.layer ? this.layer.source : ""] as GeoJSON.FeatureCollection | undefined;
    const all = (given?.features ?? []).map((one) => ({ type: KINDS[one.geometry.type], id: one.id, properties: one.properties ?? {}, geometry: one.geometry }));
    const zoom = Math.floor(this.sheet.map.getZoom()); // that of the tiles for which the map chooses features
    return all.filter((one) => this.styled._featureFilter.filter({ zoom }, one));
  }

  private value<T>(name: string, feature: Feature, of: "paint" | "layout" = "paint"): T {
    const found = this.styled[of].get(name) as Value | T;
    const state = feature.id !== undefined && "source" in this.layer ? this.sheet.map.getFeatureState({ source: this.layer.source as string, id: feature.id }) : {};
    return typeof found === "object" && found !== null && "evaluate" in found ? (found.evaluate(feature, state ?? {}) as T) : (found as T);
  }

  private colour = (name: string, feature: Feature) => String(this.value<object>(name, feature));

  private fills(features: Feature[]) {
    return features.map((one) => s("path", { d: area(one.geometry, this.ground), fill: this.colour("fill-color", one), "fill-opacity": this.value<number>("fill-opacity", one), "fill-rule": "evenodd" }));
  }

  private strokes(features: Feature[]) {
    const dashes = (this.layer.paint as Properties)["line-dasharray"] as number[] | undefined;
    return features.map((one) => {
      const width = this.value<number>("line-width", one);
      return s("path", {
        d: strokes(one.geometry, this.ground), stroke: this.colour("line-color", one), "stroke-width": width.toFixed(2),
        "stroke-opacity": this.value<number>("line-opacity", one), "stroke-linejoin": "round", "stroke-dasharray": dashes?.map((part) => short(part * width)).join(" "),
      });
    });
  }

  private circles(features: Feature[]) {
    const order = (one: Feature) => (this.styled.layout.get("circle-sort-key") ? this.value<number>("circle-sort-key", one, "layout") : 0);
    return features.sort((a, b) => order(a) - order(b)).flatMap((one) => {
      const [radius, opacity] = [this.value<number>("circle-radius", one), this.value<number>("circle-opacity", one)];
      const edge = this.value<number>("circle-stroke-width", one);
      const fill = this.colour("circle-color", one);
      if (!edge) return dots(spots(one.geometry, this.ground), radius, fill, opacity);
      return spots(one.geometry, this.ground).map(([x, y]) =>
        s("circle", { cx: short(x), cy: short(y), r: short(radius + edge / 2), fill, "fill-opacity": opacity, stroke: this.colour("circle-stroke-color", one), "stroke-width": edge }));
    });
  }

  // As on the map: by rank, each name at the first side of its place where it covers no other name.
  private names(features: Feature[]) {
    const taken: number[][] = [];
    const pen = document.createElement("canvas").getContext("2d")!;
    const ranked = features.sort((a, b) => Number(a.properties.place) - Number(b.properties.place));
    return ranked.flatMap((one) => {
      const size = this.value<number>("text-size", one, "layout");
      pen.font = `${size}px ${NAMES}`;
      const text = wrapped(String(one.properties.name), 9 * size, (part) => pen.measureText(part).width);
      const [width, height, gap] = [Math.max(...text.map((part) => pen.measureText(part).width)), 1.2 * size * text.length, 0.95 * size];
      for (const [x, y] of spots(one.geometry, this.ground)) {
        const sides: [string, number, number][] = [["start", x + gap, y], ["end", x - gap, y], ["middle", x, y + gap + height / 2], ["middle", x, y - gap - height / 2]];
        for (const [anchor, across, down] of sides) {
          const left = across - { start: 0, middle: width / 2, end: width }[anchor]!;
          const box = [left - 2, down - height / 2 - 2, left + width + 2, down + height / 2 + 2];
          if (taken.some(([a, b, c, d]) => box[0] < c && a < box[2] && box[1] < d && b < box[3])) continue;
          taken.push(box);
          const halo = { stroke: this.colour("text-halo-color", one), "stroke-width": 2 * this.value<number>("text-halo-width", one), "paint-order": "stroke", "stroke-linejoin": "round" };
          const first = down - height / 2 + 0.92 * size;
          return [s("text", { x: short(across), "text-anchor": anchor, "font-size": short(size), fill: this.colour("text-color", one), ...halo },
            ...text.map((part, k) => s("tspan", { x: short(across), y: short(first + 1.2 * size * k) }, part)))];
        }
      }
      return [];
    });
  }
}

// Lines of about one length, broken after spaces and dashes.
function wrapped(text: string, most: number, wide: (part: string) => number): string[] {
  const parts: string[] = [""];
  const aim = wide(text) / Math.ceil(wide(text) / most);
  for (const word of text.split(/(?<=[\s–-])/u)) {
    const now = parts.at(-1)!;
    if (now && wide(now) + wide(word) / 2 > aim) parts.push(word);
    else parts[parts.length - 1] = now + word;
  }
  return parts.map((part) => part.trim());
}

// How far the world stands beside itself, where it is repeated.
function copies(ground: Ground): number[] {
  const [west, east] = [ground.at([-180, 0])[0], ground.at([180, 0])[0]];
  const seen = (step: number) => east + step > 0 && west + step < ground.width;
  const wide = east - west;
  return [-3, -2, -1, 1, 2, 3].map((k) => k * wide).filter(seen);
}

export function drawing(sheet: Sheet): SVGSVGElement {
  const { map } = sheet;
  const kind = String(map.getProjection()?.type);
  const ground = groundOf(map, kind === "globe" && map.getZoom() < 12);
  const { width, height } = ground;
  const world = s("g", { id: "world" }, ...sheet.layers.map((layer) => new Layer(sheet, layer, ground).draw()));
  const sea = String((map.getLayer("sea") as unknown as Styled).paint.get("background-color"));
  const beside = kind === "mercator" ? copies(ground).map((x) => s("use", { href: "#world", x: short(x) })) : [];
  const words = sheet.notes.map((text, k) => s("text", { x: width - 8, y: height - 8 - 13 * (sheet.notes.length - 1 - k), "text-anchor": "end", "font-size": 10.5, fill: INK }, text));
  return s("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "font-family": NAMES },
    s("title", {}, sheet.title), ...(kind === "globe" ? rim(ground, map, sea) : [s("rect", { width, height, fill: sea })]), world, ...beside, s("g", { id: "notes" }, ...words)) as SVGSVGElement;
}

// The sea of a globe: all that its rim surrounds.
function rim(ground: Ground, map: MapLibre, sea: string) {
  const middle = map.getCenter();
  const turn = Array.from({ length: 180 }, (_, k) => 2 * k * DEGREE);
  const [east, north] = [[-Math.sin(middle.lng * DEGREE), Math.cos(middle.lng * DEGREE), 0], vector([middle.lng, middle.lat + 90])];
  const ring = turn.map((angle) => ground.at(ground.rim(place(east.map((x, k) => Math.cos(angle) * x + Math.sin(angle) * north[k])))));
  return [s("path", { d: `M${ring.map(pair).join("L")}Z`, fill: sea })];
}
