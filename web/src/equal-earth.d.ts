export function equalEarth(): {
  forward(place: number[]): [number, number];
  inverse(point: number[]): [number, number] | null;
};
