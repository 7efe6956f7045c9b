// Great circles between cities, unwrapped for the globe and Mercator, split at the antimeridian for one flat world.
type Place = { latitude: number; longitude: number };
const DEGREE = Math.PI / 180;
const STEPS = 40;

const vector = ({ latitude, longitude }: Place) => {
  const [phi, lambda] = [latitude * DEGREE, longitude * DEGREE];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
};

export function greatCircle(a: Place, b: Place, split: boolean): GeoJSON.MultiLineString {
  const [u, v] = [vector(a), vector(b)];
  const angle = Math.acos(Math.max(-1, Math.min(1, u[0] * v[0] + u[1] * v[1] + u[2] * v[2])));
  const lines: GeoJSON.Position[][] = [[]];
  let before = a.longitude;
  for (let k = 0; k <= STEPS; k++) {
    const [p, q] = angle < 1e-9 ? [1, 0] : [Math.sin((1 - k / STEPS) * angle), Math.sin((k / STEPS) * angle)];
    const [x, y, z] = u.map((one, j) => p * one + q * v[j]);
    let longitude = Math.atan2(y, x) / DEGREE;
    const latitude = Math.atan2(z, Math.hypot(x, y)) / DEGREE;
    if (split) {
      if (Math.abs(longitude - before) > 180) lines.push([]);
    } else {
      while (longitude - before > 180) longitude -= 360;
      while (longitude - before < -180) longitude += 360;
    }
    before = longitude;
    lines[lines.length - 1].push([longitude, latitude]);
  }
  return { type: "MultiLineString", coordinates: lines.filter((line) => line.length > 1) };
}
