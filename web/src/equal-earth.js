// Equal Earth (Šavrič, Patterson and Jenny 2018), spherical form, in metres. One self-contained function: its text is
// also read by the map's workers.
export function equalEarth() {
  const radius = 6371008.7714;
  const degree = Math.PI / 180;
  const tilt = Math.sqrt(3) / 2;
  const height = (t) => t * (1.340264 + t * t * (-0.081106 + t ** 4 * (0.000893 + 0.003796 * t * t)));
  const slope = (t) => 1.340264 - 3 * 0.081106 * t * t + t ** 6 * (7 * 0.000893 + 9 * 0.003796 * t * t);
  return {
    forward([longitude, latitude]) {
      const t = Math.asin(tilt * Math.sin(latitude * degree));
      return [(radius * longitude * degree * Math.cos(t)) / (tilt * slope(t)), radius * height(t)];
    },
    inverse([x, y]) {
      let t = y / radius;
      for (let round = 0; round < 12; round++) {
        const step = (height(t) - y / radius) / slope(t);
        t -= step;
        if (Math.abs(step) < 1e-12) break;
      }
      const sine = Math.sin(t) / tilt;
      if (Math.abs(sine) > 1) return null; // outside the outline of the world
      const longitude = (tilt * (x / radius) * slope(t)) / Math.cos(t) / degree;
      return Math.abs(longitude) > 180 ? null : [longitude, Math.asin(sine) / degree];
    },
  };
}
