// The map: Natural Earth below, clusters by rank band, places by source, ties; no tile, no glyph, no request.
import {
  addProjection, AttributionControl, importScriptInWorkers, Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl,
  type ExpressionFilterSpecification, type ExpressionSpecification, type GeoJSONSource, type GeoJSONSourceSpecification,
  type LayerSpecification, type MapMouseEvent,
} from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { greatCircle } from "./arcs";
import { drawing } from "./drawing";
import { equalEarth } from "./equal-earth.js";
import type { Projection } from "./link";
import { ACCENT, bandColour, bandOf, BEYOND, INK, NOISE } from "./palette";
import { features, type Points } from "./points";
import type { Ranked } from "./score";
import { isSingleFile, workerUrl } from "./source";
import type { Base, Cluster } from "./types";

const EQUAL_EARTH = "custom:equal-earth";
const NO_BAND = 9;
const WHOLE: [number, number, number, number] = [-148, -62, 168, 54];
const NEAREST = 8.6;
const GLOBE_CENTRE: [number, number] = [20, 25];
const GLOBE_ZOOM = 1.9;
const DISCLAIMER = "Natural Earth · borders imply no opinion";
const FINE_ZOOM = 2.2; // from here on a dot shows more than the simplified coast holds
let equalEarthWorks = false;

// The worker starts while the page still waits for the run: nothing of it depends on what the run holds.
let started: Promise<void> | null = null;
export const startWorker = () => (started ??= workerUrl(worker).then(setWorkerUrl).then(registerEqualEarth));

async function registerEqualEarth() {
  const extent = 2 * 17_243_959; // a little more than the equator's length in the plane
  try {
    addProjection({
      name: EQUAL_EARTH,
      definition: EQUAL_EARTH,
      projection: equalEarth() as never,
      tileMatrixSet: { origin: [-extent / 2, extent / 2], extentAtZoom0: extent },
    } as never);
    const code = `${equalEarth.toString()}\nself.setProjectionHandler(() => ${equalEarth.name}())`;
    await importScriptInWorkers(
      isSingleFile
        ? `data:text/javascript,${encodeURIComponent(code)}//.mjs` // the ending tells the worker to import it, not to evaluate a text
        : new URL("assets/equal-earth.mjs", document.baseURI).href,
    );
    equalEarthWorks = true;
  } catch {
    equalEarthWorks = false; // an experimental part of the map library: Mercator does without
  }
}

const ground = (base: Base): GeoJSON.FeatureCollection => ({
  type: "FeatureCollection",
  features: (["land", "coast", "borders"] as const).map((of) => ({ type: "Feature", properties: { of }, geometry: base[of] })),
});
const state = (selected: number, hovered: number, otherwise: number): ExpressionSpecification => [
  "case", ["boolean", ["feature-state", "selected"], false], selected,
  ["boolean", ["feature-state", "hovered"], false], hovered, otherwise,
];
const bandMatch: ExpressionSpecification = [
  "match", ["get", "band"], 0, bandColour(0), 1, bandColour(1), 2, bandColour(2), 3, bandColour(3), BEYOND,
];

export interface Events {
  chosen: (id: number) => void;
  pointed: (id: number | null, x: number, y: number) => void;
}
export interface Start {
  base: Base; // simplified
  fine: () => Promise<Base>; // asked for when it is needed
  sources: string[]; // their colours
  projection: Projection;
  calm: boolean;
  hidden: string[]; // layers
  picture: Picture;
}
// What is drawn of a ranking: footprints and labels, by the band of each rank.
export interface Picture {
  clusters: GeoJSON.FeatureCollection;
  labels: GeoJSON.FeatureCollection;
}

export function picture(footprints: GeoJSON.FeatureCollection, rows: Ranked[], bands: number[], all: Cluster[]): Picture {
  const places = new Map(rows.map((row) => [row.cluster.id, row]));
  const most = rows[0]?.value || 1;
  const band = (place: number | undefined) => {
    const found = place === undefined ? -1 : bandOf(place, bands);
    return found < 0 ? NO_BAND : found;
  };
  const shapes = footprints.features.map((one) => ({ ...one, properties: { id: one.id, band: band(places.get(one.id as number)?.place) } }));
  const labels = all.map((one): GeoJSON.Feature => {
    const row = places.get(one.id);
    return {
      type: "Feature",
      id: one.id,
      geometry: { type: "Point", coordinates: [one.longitude, one.latitude] },
      properties: { id: one.id, name: one.name, place: row?.place ?? 9999, value: Math.max(0, (row?.value ?? 0) / most), band: band(row?.place) },
    };
  });
  return { clusters: { type: "FeatureCollection", features: shapes }, labels: { type: "FeatureCollection", features: labels } };
}

export class WorldMap {
  readonly map: MapLibre;
  private readonly data: Record<string, GeoJSON.GeoJSON>;
  private readonly layers: LayerSpecification[];
  private readonly hidden: Set<string>;
  private readonly fine: Start["fine"];
  private readonly calm: boolean;
  private projection: Projection;
  private selected: number | null = null;
  private hovered: number | null = null;
  private loaded = false;
  private refined = false;
  private ready: (() => void)[] = [];

  static async make(container: HTMLElement, start: Start, events: Events) {
    await startWorker();
    return new WorldMap(container, start, events);
  }

  // One picture is made at once: the style holds all that the first view shows, and nothing that it does not.
  private constructor(container: HTMLElement, start: Start, private readonly events: Events) {
    this.projection = start.projection;
    this.fine = start.fine;
    this.calm = start.calm;
    this.hidden = new Set(start.hidden);
    this.data = { ground: ground(start.base), ...start.picture };
    this.layers = layers(start.sources);
    const there = (layer: LayerSpecification) => !("source" in layer) || layer.source in this.data;
    this.map = new MapLibre({
      container,
      attributionControl: false,
      ...(start.projection === "globe" ? { center: GLOBE_CENTRE, zoom: GLOBE_ZOOM } : { bounds: WHOLE, fitBoundsOptions: { padding: 6 } }),
      minZoom: 0.2,
      maxZoom: 12,
      maxPitch: 0,
      fadeDuration: 0,
      dragRotate: false,
      canvasContextAttributes: { antialias: false }, // lines and circles are smooth by themselves
      style: {
        version: 8,
        projection: { type: this.projectionName() as never },
        sources: Object.fromEntries(Object.keys(this.data).map((name) => [name, this.source(name)])),
        layers: this.layers.filter(there).map((layer) => this.shown(layer)),
      },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new ScaleControl({}), "bottom-right");
    this.map.addControl(new AttributionControl({ compact: false, customAttribution: DISCLAIMER }), "bottom-right");
    this.listen();
    this.map.once("load", () => {
      this.loaded = true;
      for (const act of this.ready) act();
      this.refine();
    });
  }

  private source(name: string): GeoJSONSourceSpecification {
    const data = this.data[name];
    const more = name === "clusters" ? { promoteId: "id" } : name === "points" ? { maxzoom: 10, tolerance: 0, buffer: 8 } : {};
    return { type: "geojson", data, ...more };
  }

  private shown(layer: LayerSpecification): LayerSpecification {
    return { ...layer, layout: { ...layer.layout, visibility: this.hidden.has(layer.id) ? "none" : "visible" } } as LayerSpecification;
  }

  whenReady(act: () => void) {
    if (this.loaded) act();
    else this.ready.push(act);
  }

  private projectionName() {
    if (this.projection !== "equal-earth") return this.projection;
    return equalEarthWorks ? EQUAL_EARTH : "mercator";
  }

  private put(name: string, data: GeoJSON.GeoJSON) {
    this.data[name] = data;
    this.whenReady(() => {
      const source = this.map.getSource<GeoJSONSource>(name);
      if (source) source.setData(this.data[name]);
      else this.add(name);
    });
  }

  // A source and its layers, each below the next one of the style that is there.
  private add(name: string) {
    this.map.addSource(name, this.source(name));
    this.layers.forEach((layer, k) => {
      const above = this.layers.slice(k + 1).find((one) => this.map.getLayer(one.id));
      if ("source" in layer && layer.source === name) this.map.addLayer(this.shown(layer), above?.id);
    });
  }

  // The whole coast and all borders, once a view is near enough to show them.
  private refine() {
    if (this.refined || this.map.getZoom() < FINE_ZOOM) return;
    this.refined = true;
    this.fine().then((base) => this.put("ground", ground(base)), () => (this.refined = false));
  }

  clusters(found: Picture) {
    this.put("clusters", found.clusters);
    this.put("labels", found.labels);
  }

  points(found: Points) {
    this.put("points", features(found));
  }

  isolines(found: GeoJSON.FeatureCollection) {
    this.put("isolines", found);
  }

  ties(pairs: { a: Cluster; b: Cluster; links: number }[]) {
    const split = this.projection === "equal-earth" && equalEarthWorks;
    this.put("ties", {
      type: "FeatureCollection",
      features: pairs.map(({ a, b, links }) => ({
        type: "Feature",
        properties: { links },
        geometry: greatCircle(a, b, split),
      })),
    });
  }

  show(layer: string, visible: boolean) {
    if (visible !== this.hidden.has(layer)) return; // setting it anew would lay its source out anew
    if (visible) this.hidden.delete(layer);
    else this.hidden.add(layer);
    this.whenReady(() => {
      if (this.map.getLayer(layer)) this.map.setLayoutProperty(layer, "visibility", visible ? "visible" : "none");
    });
  }

  // A GeoJSON source is projected when it is loaded: after a switch every one must be given its data again.
  project(projection: Projection) {
    if (projection === this.projection) return;
    this.projection = projection;
    this.whenReady(() => {
      this.map.setProjection({ type: this.projectionName() as never });
      for (const [name, data] of Object.entries(this.data)) this.map.getSource<GeoJSONSource>(name)?.setData(data);
      if (projection === "globe") this.map.jumpTo({ zoom: Math.max(this.map.getZoom(), GLOBE_ZOOM) });
      else if (this.selected === null) this.world();
    });
  }

  world() {
    this.map.fitBounds(WHOLE, { padding: 6, duration: this.calm ? 0 : 700 });
  }

  select(cluster: Cluster | null, fly: boolean) {
    this.whenReady(() => {
      this.flag("selected", this.selected, false);
      this.selected = cluster?.id ?? null;
      this.flag("selected", this.selected, true);
      this.map.resize(); // before flying, or the flight aims at the centre of the wider map
      if (cluster && fly) this.fly(cluster);
    });
  }

  private fly(cluster: Cluster) {
    const shapes = this.data.clusters as GeoJSON.FeatureCollection;
    const ring = shapes.features.find((one) => one.id === cluster.id)?.geometry;
    const all = ring && "coordinates" in ring ? (ring.coordinates.flat(ring.type === "MultiPolygon" ? 2 : 1) as number[][]) : [];
    const span = (axis: number) => [Math.min(...all.map((at) => at[axis])), Math.max(...all.map((at) => at[axis]))];
    const [[west, east], [south, north]] = all.length ? [span(0), span(1)] : [[0, 360], [0, 0]];
    const duration = this.calm ? 0 : 900;
    if (east - west > 90)
      this.map.flyTo({ center: [cluster.longitude, cluster.latitude], zoom: 6, duration }); // crosses the antimeridian, or has no shape
    else this.map.fitBounds([west, south, east, north], { padding: 110, maxZoom: NEAREST, duration });
  }

  hover(id: number | null) {
    if (!this.loaded || id === this.hovered) return;
    this.flag("hovered", this.hovered, false);
    this.hovered = id;
    this.flag("hovered", id, true);
  }

  png(): Promise<Blob> {
    return new Promise((resolve, reject) => {
      // the picture is there only until it is shown
      this.map.once("render", () =>
        this.map.getCanvas().toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"),
      );
      this.map.triggerRepaint();
    });
  }

  svg(title: string, notes: string[]): SVGSVGElement {
    return drawing({ map: this.map, layers: this.layers, data: this.data, title, notes: [...notes, DISCLAIMER] });
  }

  private flag(name: string, id: number | null, value: boolean) {
    if (id !== null) this.map.setFeatureState({ source: "clusters", id }, { [name]: value });
  }

  private listen() {
    const at = (event: MapMouseEvent): number | null => {
      if (!this.loaded) return null;
      const found = this.map.queryRenderedFeatures(event.point, { layers: ["symbols", "footprints"] });
      const best = found.sort((a, b) => Number(a.properties.place ?? 0) - Number(b.properties.place ?? 0))[0];
      return best ? Number(best.properties.id) : null;
    };
    this.map.on("mousemove", (event) => {
      const id = at(event);
      this.hover(id);
      this.map.getCanvas().style.cursor = id === null ? "" : "pointer";
      this.events.pointed(id, event.point.x, event.point.y);
    });
    this.map.on("mouseout", () => {
      this.hover(null);
      this.events.pointed(null, 0, 0);
    });
    this.map.on("zoomend", () => this.loaded && this.refine());
    this.map.on("click", (event) => {
      const id = at(event);
      if (id !== null) this.events.chosen(id);
    });
  }
}

const groundOf = (name: string): ExpressionFilterSpecification => ["==", ["get", "of"], name];
function layers(sources: string[]): LayerSpecification[] {
  const kinds = sources.flatMap((colour, k) => [k, colour]) as [number, string];
  return [
    { id: "sea", type: "background", paint: { "background-color": "#e6ecef" } },
    { id: "land", type: "fill", source: "ground", filter: groundOf("land"), paint: { "fill-color": "#fbfaf6", "fill-antialias": false } },
    { id: "coast", type: "line", source: "ground", filter: groundOf("coast"), paint: { "line-color": "#b6c1c7", "line-width": ["interpolate", ["linear"], ["zoom"], 0, 0.5, 6, 1] } },
    { id: "borders", type: "line", source: "ground", filter: groundOf("borders"), paint: { "line-color": "#cbc7ba", "line-width": 0.7, "line-dasharray": [3, 2] } },
    { id: "noise", type: "circle", source: "points", filter: ["==", ["get", "k"], -1], paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 0, 0.55, 3, 0.9, 8, 2.2], "circle-color": NOISE,
      "circle-opacity": ["interpolate", ["linear"], ["zoom"], 0, 0.3, 6, 0.55],
    } },
    { id: "footprints", type: "fill", source: "clusters", paint: { "fill-color": bandMatch, "fill-opacity": state(0.5, 0.45, 0.3) } },
    { id: "outlines", type: "line", source: "clusters", paint: { "line-color": "#7a2208", "line-width": state(2.4, 1.6, 0.8) } },
    { id: "isolines", type: "line", source: "isolines", paint: {
      "line-color": INK, "line-width": 1.1, "line-dasharray": [2, 1.5], "line-opacity": 0.7,
    } },
    { id: "places", type: "circle", source: "points", minzoom: 3.2, filter: [">=", ["get", "k"], 0], paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 3, ["+", 0.5, ["/", ["get", "s"], 120]], 10, ["+", 1.8, ["/", ["get", "s"], 22]]],
      "circle-color": kinds.length ? ["match", ["get", "k"], ...kinds, NOISE] : NOISE, "circle-opacity": 0.72,
    } },
    { id: "ties", type: "line", source: "ties", layout: { "line-cap": "round" }, paint: {
      "line-color": ACCENT, "line-opacity": 0.4, "line-width": ["interpolate", ["linear"], ["log10", ["max", 1, ["get", "links"]]], 0, 0.5, 3.5, 5],
    } },
    { id: "symbols", type: "circle", source: "labels", maxzoom: 5.4, layout: { "circle-sort-key": ["-", 0, ["get", "place"]] }, paint: {
      "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "value"]], 0, 2.2, 1, 17], "circle-color": bandMatch,
      "circle-opacity": ["match", ["get", "band"], NO_BAND, 0.45, 0.62], "circle-stroke-color": "#fffefb", "circle-stroke-width": 0.8,
    } },
    { id: "names", type: "symbol", source: "labels", filter: ["<=", ["get", "place"], ["step", ["zoom"], 25, 2.2, 60, 3.6, 100, 4.5, 9998]], layout: {
      "text-field": ["get", "name"], "text-font": ["Inter Variable", "Noto Sans", "sans-serif"],
      "text-size": ["interpolate", ["linear"], ["get", "place"], 1, 13, 60, 11], "symbol-sort-key": ["get", "place"],
      "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.95, "text-max-width": 9, "text-justify": "auto",
    }, paint: { "text-color": INK, "text-halo-color": "#fbfaf6", "text-halo-width": 1.5 } },
  ];
}
