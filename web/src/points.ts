// Places as the server packs them: see points.bin in the API.
export interface Points {
  longitude: Float32Array;
  latitude: Float32Array;
  cluster: Uint16Array;
  kind: Uint8Array;
  size: Uint8Array;
}

export function points(buffer: ArrayBuffer): Points {
  const count = new DataView(buffer).getUint32(0, true);
  let at = 4;
  const take = <T>(bytes: number, make: (start: number, length: number) => T) => {
    const found = make(at, count);
    at += bytes * count;
    return found;
  };
  return {
    longitude: take(4, (start, n) => new Float32Array(buffer, start, n)),
    latitude: take(4, (start, n) => new Float32Array(buffer, start, n)),
    cluster: take(2, (start, n) => new Uint16Array(buffer, start, n)),
    kind: take(1, (start, n) => new Uint8Array(buffer, start, n)),
    size: take(1, (start, n) => new Uint8Array(buffer, start, n)),
  };
}

export function relabelled(old: Points, packed: string): Points {
  const raw = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  return { ...old, cluster: new Uint16Array(raw.buffer) };
}

// One feature for all points drawn alike: tens of thousands of features would be copied and cut one by one.
export function features(found: Points): GeoJSON.FeatureCollection {
  const alike = new Map<number, GeoJSON.Position[]>();
  for (let k = 0; k < found.kind.length; k++) {
    const key = found.cluster[k] ? 256 * found.kind[k] + found.size[k] : -1;
    let places = alike.get(key);
    if (!places) alike.set(key, (places = []));
    places.push([Math.round(found.longitude[k] * 1e4) / 1e4, Math.round(found.latitude[k] * 1e4) / 1e4]);
  }
  const list = [...alike].map(([key, coordinates]): GeoJSON.Feature => ({
    type: "Feature",
    properties: { k: key < 0 ? -1 : key >> 8, s: key < 0 ? 0 : key & 255 },
    geometry: { type: "MultiPoint", coordinates },
  }));
  return { type: "FeatureCollection", features: list };
}
