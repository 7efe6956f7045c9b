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

export function features(found: Points): GeoJSON.FeatureCollection {
  const list: GeoJSON.Feature[] = new Array(found.kind.length);
  for (let k = 0; k < list.length; k++)
    list[k] = {
      type: "Feature",
      properties: { k: found.cluster[k] ? found.kind[k] : -1, s: found.size[k] },
      geometry: { type: "Point", coordinates: [+found.longitude[k].toFixed(4), +found.latitude[k].toFixed(4)] },
    };
  return { type: "FeatureCollection", features: list };
}
