// What the API answers; described for programs in api/v1/openapi.json.
export interface Indicator {
  name: string;
  label: string;
  weight: number;
  partial: string[];
  years?: [number, number] | null;
  documents?: number;
  covered?: number;
  addresses?: number;
  located?: number;
}
export interface Parameter {
  key: string;
  value: unknown;
  status: string;
}
export interface Download {
  name: string;
  bytes: number;
}
export interface Summary {
  id: number;
  folder: string;
  title: string;
  edition: { name: string; title: string; year: number };
  synthetic: boolean;
  note: string;
  attribution: string[];
  indicators: Indicator[];
  aggregation: string;
  rank_bands: number[];
  interval_level: number | null;
  clusters: number;
  places: number;
  parameters: Parameter[];
  hubscan: string;
  versions: Record<string, string>;
  files: { source: string; file: string; bytes: number; sha256: string }[];
  stages: { stage: string; seconds: number; rows: number }[];
  rejected_rows: number;
  missing: Record<string, string>;
  downloads: Download[];
}
export interface Cluster {
  id: number;
  rank: number;
  name: string;
  brief?: string;
  economies: string | null;
  total: number;
  shares: Record<string, number | null>;
  counts: Record<string, number | null>;
  per_million?: Record<string, number | null>;
  population?: number | null;
  area_km2?: number | null;
  intensity?: number | null;
  intensity_rank?: number | null;
  latitude: number;
  longitude: number;
  places: number;
  weight: number;
  interval?: [number, number, number];
  intensity_interval?: [number, number, number];
  change?: number | null;
  previous_rank?: number | null;
  growth?: number | null;
}
export interface Field {
  field: number;
  name: string;
  sector: string;
  count: number;
  share: number;
  world_share: number;
  specialisation: number | null;
}
export interface Profile {
  id: number;
  fields: Field[];
  subjects: { subject: string; share: number; specialisation: number | null }[];
  top_applicants: { name: string; count: number; share: number }[];
  top_organisations: { name: string; count: number; share: number }[];
  collaboration: { indicator: string; documents: number; foreign_share: number | null }[];
  partner_economies: { indicator: string; economy: string; where: string; links: number; share: number }[];
  partners: { indicator: string; partner: number; links: number; share: number }[];
  economies: { indicator: string; economy: string; count: number }[];
  years: { indicator: string; year: number; count: number }[];
  missing: string[];
}
export interface Quality {
  coverage: Record<string, string | number | null>[];
  totals: Record<string, string | number | null>[];
  merging: Record<string, string | number | boolean | null>[];
  rejected: Record<string, string | number | null>[];
  reasons: { source: string; reason: string; rows: number }[];
}
export interface Ties {
  ties: [number, number, number][];
  missing: string | null;
}
export interface History {
  runs: number[];
  tracks: { name: string; ids: (number | null)[]; ranks: (number | null)[] }[];
}
export interface IndexSummary {
  id: number;
  folder: string;
  title: string;
  synthetic: boolean;
  downloads: Download[];
}
export interface IndexNode {
  code: string;
  parent: string | null;
  name: string;
  weight: number | null;
  status: string | null;
}
export interface IndexUnit {
  unit: string;
  rank: number;
  score: number;
  lower?: number | null;
  upper?: number | null;
  published_rank?: number | null;
  group?: string | null;
  type?: string | null;
  strengths?: string | null;
  scores: Record<string, number | null>;
}
export interface CompositeIndex extends IndexSummary {
  nodes: IndexNode[];
  units: IndexUnit[];
  intervals_of: string;
}
export interface Contents {
  api: number;
  hubscan: string;
  live: boolean;
  briefs: boolean;
  no_briefs: string;
  runs: Summary[];
  indices: IndexSummary[];
}
export interface Answer {
  clusters: Cluster[];
  points: string;
  changes: {
    before: number;
    after: number;
    kept: number;
    new: number[];
    gone: { id: number; name: string; into: number | null }[];
  };
  merges: number;
  notes: string[];
  edition: string;
  seconds: number;
}
export interface Base {
  land: GeoJSON.Geometry;
  coast: GeoJSON.Geometry;
  borders: GeoJSON.Geometry;
  attribution: string;
}
