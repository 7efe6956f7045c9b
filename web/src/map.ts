// The map: Natural Earth below, clusters by rank band, places by source, ties; no tile, no glyph, no request.
import {
  addProjection, AttributionControl, importScriptInWorkers, Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl,
  type ExpressionSpecification, type GeoJSONSource, type MapMouseEvent,
} from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { greatCircle } from "./arcs";
import { equalEarth } from "./equal-earth.js";
import type { Projection } from "./link";
import { ACCENT, bandColour, bandOf, BEYOND, INK, NOISE } from "./palette";
import { features, type Points } from "./points";
import type { Ranked } from "./score";
import { isSingleFile, workerUrl } from "./source";
import type { Base, Cluster } from "./types";

const EQUAL_EARTH = "custom:equal-earth";
const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const NO_BAND = 9;
const WHOLE: [number, number, number, number] = [-148, -62, 168, 54];
const NEAREST = 8.6;
const GLOBE_ZOOM = 1.9;
let equalEarthWorks = false;

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

const feature = (geometry: GeoJSON.Geometry): GeoJSON.Feature => ({ type: "Feature", properties: {}, geometry });
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

export class WorldMap {
  readonly map: MapLibre;
  private readonly data: Record<string, GeoJSON.GeoJSON>;
  private selected: number | null = null;
  private hovered: number | null = null;
  private loaded = false;
  private ready: (() => void)[] = [];

  static async make(container: HTMLElement, base: Base, sources: string[], projection: Projection, calm: boolean, events: Events) {
    setWorkerUrl(await workerUrl(worker));
    await registerEqualEarth();
    return new WorldMap(container, base, sources, projection, calm, events);
  }

  private constructor(
    container: HTMLElement, base: Base, sources: string[], private projection: Projection,
    private readonly calm: boolean, private readonly events: Events,
  ) {
    this.data = {
      land: feature(base.land), coast: feature(base.coast), borders: feature(base.borders),
      clusters: EMPTY, labels: EMPTY, points: EMPTY, ties: EMPTY, isolines: EMPTY,
    };
    this.map = new MapLibre({
      container,
      attributionControl: false,
      bounds: WHOLE,
      fitBoundsOptions: { padding: 6 },
      minZoom: 0.2,
      maxZoom: 12,
      fadeDuration: 0,
      dragRotate: false,
      canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true },
      style: {
        version: 8,
        projection: { type: this.projectionName() as never },
        sources: Object.fromEntries(
          Object.entries(this.data).map(([name, data]) => [
            name,
            { type: "geojson", data, ...(name === "clusters" ? { promoteId: "id" } : {}), ...(name === "points" ? { maxzoom: 10, tolerance: 0, buffer: 8 } : {}) },
          ]),
        ) as never,
        layers: layers(sources) as never,
      },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new ScaleControl({}), "bottom-right");
    this.map.addControl(new AttributionControl({ compact: false, customAttribution: "Natural Earth · borders imply no opinion" }), "bottom-right");
    this.listen();
    this.map.once("load", () => {
      this.loaded = true;
      if (projection === "globe") this.map.jumpTo({ center: [20, 25], zoom: GLOBE_ZOOM });
      for (const act of this.ready) act();
    });
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
    this.whenReady(() => (this.map.getSource(name) as GeoJSONSource | undefined)?.setData(data));
  }

  clusters(footprints: GeoJSON.FeatureCollection, rows: Ranked[], bands: number[], all: Cluster[]) {
    const places = new Map(rows.map((row) => [row.cluster.id, row]));
    const most = rows[0]?.value || 1;
    const band = (place: number | undefined) => {
      const found = place === undefined ? -1 : bandOf(place, bands);
      return found < 0 ? NO_BAND : found;
    };
    this.put("clusters", {
      type: "FeatureCollection",
      features: footprints.features.map((one) => ({
        ...one,
        properties: { id: one.id, band: band(places.get(one.id as number)?.place) },
      })),
    });
    this.put("labels", {
      type: "FeatureCollection",
      features: all.map((one) => {
        const row = places.get(one.id);
        return {
          type: "Feature",
          id: one.id,
          geometry: { type: "Point", coordinates: [one.longitude, one.latitude] },
          properties: { id: one.id, name: one.name, place: row?.place ?? 9999, value: Math.max(0, (row?.value ?? 0) / most), band: band(row?.place) },
        };
      }),
    });
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
    this.whenReady(() => this.map.setLayoutProperty(layer, "visibility", visible ? "visible" : "none"));
  }

  // A GeoJSON source is projected when it is loaded: after a switch every one must be given its data again.
  project(projection: Projection) {
    if (projection === this.projection) return;
    this.projection = projection;
    this.whenReady(() => {
      this.map.setProjection({ type: this.projectionName() as never });
      for (const [name, data] of Object.entries(this.data)) (this.map.getSource(name) as GeoJSONSource).setData(data);
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
    return new Promise((resolve, reject) =>
      this.map.getCanvas().toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"),
    );
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
    this.map.on("click", (event) => {
      const id = at(event);
      if (id !== null) this.events.chosen(id);
    });
  }
}

function layers(sources: string[]): object[] {
  const kinds = sources.flatMap((colour, k) => [k, colour]);
  return [
    { id: "sea", type: "background", paint: { "background-color": "#e6ecef" } },
    { id: "land", type: "fill", source: "land", paint: { "fill-color": "#fbfaf6", "fill-antialias": false } },
    { id: "coast", type: "line", source: "coast", paint: { "line-color": "#b6c1c7", "line-width": ["interpolate", ["linear"], ["zoom"], 0, 0.5, 6, 1] } },
    { id: "borders", type: "line", source: "borders", paint: { "line-color": "#cbc7ba", "line-width": 0.7, "line-dasharray": [3, 2] } },
    { id: "noise", type: "circle", source: "points", filter: ["==", ["get", "k"], -1], paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 0, 0.55, 3, 0.9, 8, 2.2], "circle-color": NOISE,
      "circle-opacity": ["interpolate", ["linear"], ["zoom"], 0, 0.3, 6, 0.55],
    } },
    { id: "footprints", type: "fill", source: "clusters", paint: { "fill-color": bandMatch, "fill-opacity": state(0.5, 0.45, 0.3) } },
    { id: "outlines", type: "line", source: "clusters", paint: { "line-color": "#7a2208", "line-width": state(2.4, 1.6, 0.8) } },
    { id: "isolines", type: "line", source: "isolines", layout: { visibility: "none" }, paint: {
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
