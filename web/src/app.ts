// One page: its state is in the address, its numbers come from the API, its views follow from both.
import { compareView, MOST } from "./compare";
import { $, h, missing } from "./dom";
import { editionsView } from "./editions";
import { percent, whole } from "./format";
import { figureTabs, indexFigure, indexList, saveScores, scored, Tree, weightPanel, type IndexOptions } from "./indexview";
import { initial, read, written, type State, type View } from "./link";
import { listItems, matching, rows as listRows } from "./list";
import { picture, startWorker, WorldMap, type Picture } from "./map";
import { bandColour, BEYOND, NOISE, sourceColour } from "./palette";
import { points, relabelled, type Points } from "./points";
import { profileBody, profileHead, type Step } from "./profile";
import { files, qualityView } from "./quality";
import { save, saveCsv, saveJson, svgFile } from "./saving";
import { baseWeights, ranked, type Ranked } from "./score";
import { LAYERS, shell } from "./shell";
import { ask, binary, fileUrl, isSingleFile, json } from "./source";
import type { Answer, Base, Cluster, CompositeIndex, Contents, History, Profile, Quality, Summary, Ties } from "./types";
import { changesList, changesText, panel, saveEdition } from "./whatif";
import { workbook } from "./xlsx";

const PAUSE_MS = 180;
const TIES_SHOWN = 220;
const TIES_OF_ONE = 40;
const message = (error: unknown) => (error instanceof Error ? error.message : String(error));

export class App {
  private state: State = initial();
  private map: WorldMap | null = null;
  private base: Cluster[] = [];
  private baseFootprints: GeoJSON.FeatureCollection | null = null;
  private basePoints: Points | null = null;
  private clusters: Cluster[] = [];
  private footprints: GeoJSON.FeatureCollection | null = null;
  private answer: Answer | null = null;
  private rows: Ranked[] = [];
  private run = -1;
  private timer = 0;
  private asking: AbortController | null = null;
  private asked = "{}";
  private panelOpen = false;
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

  constructor(private readonly contents: Contents) {}

  async start() {
    if (!this.contents.runs.length && !this.contents.indices.length) throw new Error("No run is open.");
    // the map's ground and its worker are on their way while the ranking is read
    if (this.contents.runs.length && read(location.hash).v === "world") {
      json<Base>("base-small.json").catch(() => undefined);
      void startWorker();
    }
    $("#page").replaceChildren(
      ...shell(this.contents, {
        view: (view) => this.go({ v: view }, true),
        run: (run) => this.go({ r: run, c: null, cmp: [], ask: {}, w: null }, true),
        search: () => this.list(),
        projection: (p) => this.go({ p }),
        layer: (layer, visible) => this.layer(layer, visible),
        downloads: () => this.downloads(),
        pane: (pane) => this.pane(pane),
        world: () => this.map?.world(),
      }),
    );
    addEventListener("hashchange", () => {
      $("#what-if-home").replaceChildren(); // its sliders follow the new link
      $("#index-sheet").replaceChildren();
      void this.apply(read(location.hash));
    });
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.state.c !== null && !$<HTMLDialogElement>("#dialog").open) this.choose(null);
    });
    await this.apply(read(location.hash));
  }

  private get summary(): Summary {
    return this.contents.runs[this.state.r];
  }
  private get weights() {
    return this.state.w ?? baseWeights(this.summary.indicators);
  }
  private get live() {
    return this.contents.live && !isSingleFile;
  }

  // ------------------------------------------------------------ state
  private go(change: Partial<State>, keep = false) {
    const next = { ...this.state, ...change };
    const hash = `#${written(next)}`;
    if (keep) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
    void this.apply(next);
  }

  private valid(state: State): State {
    const next = { ...state };
    const { runs, indices } = this.contents;
    if (next.r >= runs.length) next.r = 0;
    if (next.i >= indices.length) next.i = 0;
    if (!runs.length) next.v = "index";
    if (next.v === "index" && !indices.length) next.v = "world";
    if (runs.length && next.w && next.w.length !== runs[next.r].indicators.length) next.w = null;
    return next;
  }

  private async apply(wanted: State) {
    const before = this.state;
    this.state = this.valid(wanted);
    this.frame();
    try {
      while (this.contents.runs.length && this.run !== this.state.r) await this.openRun();
      await this.view(before);
    } catch (error) {
      this.notice(message(error));
      document.body.dataset.ready ??= "fault";
    }
  }

  private frame() {
    const { v } = this.state;
    document.body.dataset.view = v;
    document.body.dataset.projection = this.state.p;
    for (const section of document.querySelectorAll<HTMLElement>("[data-section]")) section.hidden = section.dataset.section !== v;
    for (const button of document.querySelectorAll<HTMLElement>("[data-view]")) {
      if (button.dataset.view === v) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
    const shown = v === "index" ? this.contents.indices[this.state.i] : this.summary;
    const title = v === "index" ? shown.title : (this.summary.edition.title ?? shown.title);
    $("#subtitle").textContent = title;
    document.title = `${title} – Innovation clusters`;
    $("#synthetic").hidden = !shown.synthetic;
    $("#synthetic").title = v === "index" ? "" : this.summary.note;
    const select = document.querySelector<HTMLSelectElement>("#run");
    if (select) select.value = String(this.state.r);
    $<HTMLAnchorElement>(".skip").href = v === "index" ? "#index-ranking" : "#ranking";
  }

  private async view(before: State) {
    const { v } = this.state;
    if (v === "world") await this.world(before);
    else if (v === "compare") await this.compare();
    else if (v === "editions") await this.editions();
    else if (v === "index") await this.index();
    else await this.quality();
    if (v !== "world") document.body.dataset.ready = v;
  }

  private async openRun() {
    const run = this.state.r;
    const home = `runs/${run}`;
    const [ranking, footprints] = await Promise.all([
      json<{ clusters: Cluster[] }>(`${home}/ranking.json`),
      json<GeoJSON.FeatureCollection>(`${home}/footprints.geojson`),
    ]);
    if (run !== this.state.r || run === this.run) return; // another one was asked for meanwhile, or is open already
    this.run = run;
    this.base = this.clusters = ranking.clusters;
    this.baseFootprints = this.footprints = footprints;
    this.basePoints = null;
    this.answer = null;
    this.asked = "{}";
    this.rank();
  }

  // ------------------------------------------------------------ ranking
  private rank() {
    const { by, w } = this.state;
    const { indicators, aggregation } = this.summary;
    const useOwn = w !== null;
    this.rows = ranked(this.clusters, by, indicators, useOwn ? w : null, aggregation);
  }

  private byTotal(): Ranked[] {
    return ranked(this.clusters, "total", this.summary.indicators, this.state.w, this.summary.aggregation);
  }

  private list() {
    const query = $<HTMLInputElement>("#find").value;
    const items = listItems(this.rows, {
      by: this.state.by, summary: this.summary, selected: this.state.c, query,
      own: this.state.w !== null || this.answer !== null, fresh: new Set(this.answer?.changes.new ?? []),
      chosen: (id) => this.choose(id === this.state.c ? null : id), hovered: (id) => this.map?.hover(id),
    });
    $("#ranking").replaceChildren(...items);
    $("#count").textContent = items.length ? `${whole(items.length)} of ${whole(this.rows.length)} clusters · ${this.unit()}` : `No cluster is called “${query}”.`;
  }

  private unit() {
    if (this.state.by === "intensity") return "% share per million people";
    if (this.state.by === "total") return "total share, %";
    if (this.state.by === "growth") return "growth, %";
    return "% of the world";
  }

  private tabs() {
    const { indicators } = this.summary;
    const all: [string, string][] = [["total", "Overall"], ...indicators.map((one) => [one.name, one.label] as [string, string])];
    if (this.base.some((c) => c.intensity_rank != null)) all.push(["intensity", "Intensity"]);
    if (this.base.some((c) => c.growth != null)) all.push(["growth", "Growth"]);
    if (!all.some(([key]) => key === this.state.by)) this.state.by = "total";
    $("#tabs").replaceChildren(
      ...all.map(([key, label]) => h("button", { type: "button", "data-by": key, "aria-pressed": String(key === this.state.by), onclick: () => this.go({ by: key }) }, label)),
    );
  }

  // ------------------------------------------------------------ map view
  private async world(before: State) {
    this.tabs();
    const changed = JSON.stringify(this.state.ask) !== this.asked;
    if (changed && Object.keys(this.state.ask).length === 0) this.restore();
    this.rank();
    this.list();
    this.legend();
    if (before.r !== this.state.r || !document.querySelector("#what-if")) this.whatIf();
    document.body.dataset.pane ??= "list";
    await this.profile();
    if (!this.map) await this.makeMap();
    else if (before.p !== this.state.p) this.map.project(this.state.p);
    this.draw(before);
    if (changed && Object.keys(this.state.ask).length && this.live) this.question();
    else if (changed && Object.keys(this.state.ask).length) this.notice("The rule is fixed in this export: the link asks for another one, which needs `hubscan explore`.");
  }

  private async makeMap() {
    const base = await json<Base>("base-small.json");
    const first = this.picture();
    this.map = await WorldMap.make(
      $("#map"),
      {
        base, fine: () => json<Base>("base.json"), projection: this.state.p, calm: this.calm, picture: first,
        sources: this.summary.indicators.map((one, k) => sourceColour(one.name, k)),
        hidden: LAYERS.map(([name]) => name).filter((name) => !this.layerShown(name)),
      },
      { chosen: (id) => this.choose(id, false), pointed: (id, x, y) => this.tip(id, x, y) },
    );
    this.drawn = first;
    this.map.map.once("idle", () => {
      document.body.dataset.ready = "world";
      void this.loadPoints();
    });
    Object.assign(globalThis, { explorerMap: this.map.map });
    this.map.whenReady(() => {
      if (this.state.c !== null) this.map!.select(this.clusters.find((one) => one.id === this.state.c) ?? null, true);
    });
  }

  private async loadPoints() {
    const run = this.state.r;
    try {
      this.basePoints ??= points(await binary(`runs/${run}/points.bin`));
    } catch (error) {
      this.notice(message(error));
      return;
    }
    if (run !== this.run) return;
    this.map?.points(this.answer ? relabelled(this.basePoints, this.answer.points) : this.basePoints);
    this.map?.map.once("idle", () => (document.body.dataset.points = "1"));
  }

  private layerShown(name: string) {
    const standard = LAYERS.find(([one]) => one === name)![2];
    return standard ? !this.state.hide.includes(name) : this.state.show.includes(name);
  }

  // Made anew only if something in it is: the map lays out again whatever it is given.
  private picture(): Picture {
    const of = [this.footprints, this.clusters, this.state.by, JSON.stringify(this.state.w)];
    if (of.some((one, k) => one !== this.pictured[k])) {
      this.made = picture(this.footprints!, this.rows, this.summary.rank_bands, this.clusters);
      this.pictured = of;
    }
    return this.made!;
  }

  private draw(before: State) {
    const map = this.map;
    if (!map || !this.footprints) return;
    const found = this.picture();
    if (found !== this.drawn) map.clusters(found);
    this.drawn = found;
    if (before.r !== this.state.r && document.body.dataset.points) void this.loadPoints();
    for (const [name] of LAYERS) {
      const on = this.layerShown(name);
      map.show(name, on);
      const box = document.querySelector<HTMLInputElement>(`[data-layer="${name}"]`);
      if (box) box.checked = on;
    }
    $<HTMLSelectElement>("#projection").value = this.state.p;
    if (this.state.show.includes("ties")) void this.ties();
    if (this.state.show.includes("isolines")) void this.isolines();
  }

  private async ties() {
    const found = await json<Ties>(`runs/${this.run}/ties.json`);
    const byId = new Map(this.clusters.map((one) => [one.id, one]));
    const wanted = found.ties.filter(([a, b]) => (this.state.c === null || a === this.state.c || b === this.state.c) && byId.has(a) && byId.has(b));
    this.map?.ties(wanted.slice(0, this.state.c === null ? TIES_SHOWN : TIES_OF_ONE).map(([a, b, links]) => ({ a: byId.get(a)!, b: byId.get(b)!, links })));
    $("#layer-note").textContent = found.missing ?? "";
  }

  private async isolines() {
    try {
      this.map?.isolines(await json<GeoJSON.FeatureCollection>(`runs/${this.run}/isolines.geojson`));
    } catch {
      $("#layer-note").textContent = "This run has no isolines: `hubscan uncertainty RUN` writes them.";
    }
  }

  private layer(name: string, visible: boolean) {
    const standard = LAYERS.find(([one]) => one === name)![2];
    const { hide, show } = this.state;
    const without = (list: string[]) => list.filter((one) => one !== name);
    if (standard) this.go({ hide: visible ? without(hide) : [...without(hide), name] });
    else this.go({ show: visible ? [...without(show), name] : without(show) });
  }

  private legend() {
    const { rank_bands: ends, indicators } = this.summary;
    const row = (colour: string, label: string, round = false) => h("li", {}, h("i", { class: round ? "dot" : "", style: { background: colour } }), label);
    const bands = ends.slice(0, 4).map((end, k) => row(bandColour(k), `${(ends[k - 1] ?? 0) + 1}–${end}`));
    $("#legend").replaceChildren(
      h("p", {}, "Rank"), h("ul", {}, ...bands, row(BEYOND, "beyond")),
      h("p", {}, "Places"), h("ul", {}, ...indicators.map((one, k) => row(sourceColour(one.name, k), one.label, true)), row(NOISE, "outside clusters", true)),
    );
  }

  private tip(id: number | null, x: number, y: number) {
    const tip = $("#tip");
    const row = id === null ? undefined : this.byTotalCached().get(id);
    tip.hidden = !row;
    if (!row) return;
    const { indicators } = this.summary;
    tip.replaceChildren(
      h("b", {}, `${row.place}. ${row.cluster.name}`),
      h("span", {}, indicators.map((one) => `${one.label} ${percent(row.cluster.shares[one.name])} %`).join(" · ")),
    );
    const room = $("#map").clientWidth - 260;
    tip.style.left = `${Math.max(8, Math.min(x + 14, room))}px`;
    tip.style.top = `${y + 14}px`;
  }

  private made: Picture | null = null;
  private pictured: unknown[] = [];
  private drawn: Picture | null = null;
  private cachedFor: Ranked[] | null = null;
  private cachedRows = new Map<number, Ranked>();
  private byTotalCached() {
    if (this.cachedFor !== this.rows) {
      this.cachedFor = this.rows;
      this.cachedRows = new Map(this.byTotal().map((row) => [row.cluster.id, row]));
    }
    return this.cachedRows;
  }

  private choose(id: number | null, fly = true) {
    this.go({ c: id }, id !== null && this.state.c === null);
    const cluster = this.clusters.find((one) => one.id === id) ?? null;
    this.map?.select(cluster, fly);
    if (id !== null) this.pane(fly && matchMedia("(max-width: 800px)").matches ? "profile" : document.body.dataset.pane!);
    else $<HTMLElement>("#ranking").focus({ preventScroll: true });
  }

  private pane(pane: string) {
    document.body.dataset.pane = pane;
    for (const button of document.querySelectorAll<HTMLElement>("[data-pane-of]")) button.setAttribute("aria-pressed", String(button.dataset.paneOf === pane));
    if (pane === "map") this.map?.map.resize();
  }

  private async profile() {
    const right = $("#right");
    const cluster = this.clusters.find((one) => one.id === this.state.c);
    const empty = h("p", { class: "empty" }, this.state.c === null ? "Choose a cluster in the ranking or on the map." : "The chosen cluster does not exist under this rule.");
    right.hidden = this.state.c === null;
    document.body.toggleAttribute("data-profile", this.state.c !== null);
    if (!cluster) {
      right.replaceChildren(empty);
      return;
    }
    const options = {
      summary: this.summary, row: this.byTotalCached().get(cluster.id), names: new Map(this.clusters.map((one) => [one.id, one.name])),
      asked: this.answer !== null || this.state.w !== null, compared: this.state.cmp.includes(cluster.id),
      choose: (id: number) => this.choose(id), close: () => this.choose(null), zoom: () => this.map?.select(cluster, true),
      compare: () => this.toggleCompared(cluster.id), ...this.brief(cluster.id),
    };
    right.replaceChildren(profileHead(cluster, options));
    if (!this.base.some((one) => one.id === cluster.id)) {
      right.append(missing("This cluster is new under this rule: its profile needs a run of its own."));
      return;
    }
    const profile = await json<Profile>(`runs/${this.run}/clusters/${cluster.id}.json`);
    const past = await this.past(cluster);
    if (this.state.c === cluster.id) right.append(profileBody(profile, options, past));
  }

  // Where the brief of a cluster is, or why there is none.
  private brief(id: number) {
    const name = this.base.find((one) => one.id === id)?.brief;
    const here = this.contents.briefs && !isSingleFile && name !== undefined;
    return { brief: here ? { href: fileUrl(`runs/${this.run}/briefs/${name}.pdf`), name: `${name}.pdf` } : null, noBrief: this.contents.no_briefs };
  }

  // Ranks of a cluster in the runs that are open, or in the edition that its run was held against.
  private async past(cluster: Cluster): Promise<Step[]> {
    const { runs } = this.contents;
    const now = this.base.find((one) => one.id === cluster.id) ?? cluster;
    if (runs.length > 1) {
      const { tracks, runs: order } = await json<History>("history.json");
      const here = order.indexOf(this.run);
      const track = tracks.find((one) => one.ids[here] === cluster.id);
      const steps = track?.ranks.map((rank, k) => ({ title: runs[order[k]].edition.name, year: runs[order[k]].edition.year, rank }));
      if (steps) return steps.sort((a, b) => a.year - b.year);
    }
    if (now.previous_rank == null) return [];
    return [{ title: "edition before", rank: now.previous_rank }, { title: this.summary.edition.name, rank: now.rank }];
  }

  private toggleCompared(id: number) {
    const without = this.state.cmp.filter((one) => one !== id);
    if (without.length < this.state.cmp.length) this.go({ cmp: without });
    else if (without.length < MOST) this.go({ cmp: [...without, id] });
    else this.notice(`At most ${MOST} clusters can be compared.`);
  }

  // ------------------------------------------------------------ what if
  private whatIf() {
    this.panelOpen ||= Object.keys(this.state.ask).length > 0 || this.state.w !== null;
    $("#what-if-home").replaceChildren(
      panel({
        summary: this.summary, live: this.live, open: this.panelOpen, ask: this.state.ask, weights: this.weights,
        ruled: (key, value, base) => {
          const next = { ...this.state.ask, [key]: value };
          if (value === base) delete next[key];
          this.go({ ask: next });
        },
        weighed: (weights) => this.go({ w: weights.every((w, k) => w === baseWeights(this.summary.indicators)[k]) ? null : weights }),
        reset: () => {
          this.go({ ask: {}, w: null });
          this.whatIf();
        },
        toggled: (open) => (this.panelOpen = open),
      }),
    );
    $<HTMLButtonElement>("#save-edition").onclick = () => this.answer && saveEdition(this.answer, this.summary.edition.name);
  }

  private restore() {
    this.asking?.abort();
    clearTimeout(this.timer);
    this.asked = "{}";
    this.answer = null;
    this.clusters = this.base;
    this.footprints = this.baseFootprints;
    document.querySelector("#status")?.replaceChildren();
    document.querySelector("#changes")?.replaceChildren();
    document.querySelector("#save-edition")?.setAttribute("disabled", "");
    if (this.basePoints) this.map?.points(this.basePoints);
  }

  // Debounced; an older question is taken back when a newer one is asked.
  private question() {
    const wanted = JSON.stringify(this.state.ask);
    this.asked = wanted;
    clearTimeout(this.timer);
    this.asking?.abort();
    $("#status").textContent = "Computing …";
    this.timer = window.setTimeout(async () => {
      const control = (this.asking = new AbortController());
      const began = performance.now();
      const body = { ...this.state.ask, ...(this.state.w ? { "rank.weights": Object.fromEntries(this.summary.indicators.map((one, k) => [one.name, this.weights[k]])) } : {}) };
      try {
        const answer = await ask<Answer>(`runs/${this.run}/what-if`, body, control.signal);
        if (control.signal.aborted) return;
        this.accept(answer, (performance.now() - began) / 1000);
        const shapes = await ask<GeoJSON.FeatureCollection>(`runs/${this.run}/what-if/footprints`, body, control.signal);
        if (!control.signal.aborted) this.acceptShapes(shapes);
      } catch (error) {
        if (!control.signal.aborted) $("#status").textContent = message(error);
      }
    }, PAUSE_MS);
  }

  private accept(answer: Answer, seconds: number) {
    this.answer = answer;
    const known = new Map(this.base.map((one) => [one.id, one]));
    this.clusters = answer.clusters.map((one) => ({ ...one, rank: known.get(one.id)?.rank ?? one.rank }));
    const there = new Set(this.clusters.map((one) => one.id));
    const old = this.footprints?.features ?? [];
    this.footprints = { type: "FeatureCollection", features: old.filter((one) => there.has(one.id as number)) };
    // the answer is in the page's own terms: totals follow from shares and the weights shown
    if (this.state.w === null) for (const one of this.clusters) one.interval = one.intensity_interval = undefined;
    this.rank();
    this.list();
    this.draw(this.state);
    if (this.basePoints) this.map?.points(relabelled(this.basePoints, answer.points));
    if (this.state.c !== null) this.map?.select(this.clusters.find((one) => one.id === this.state.c) ?? null, false);
    void this.profile();
    $("#status").textContent = changesText(answer, seconds);
    $("#changes").replaceChildren(changesList(answer, new Map(answer.clusters.map((one) => [one.id, one.name]))) ?? "");
    $("#save-edition").removeAttribute("disabled");
  }

  private acceptShapes(shapes: GeoJSON.FeatureCollection) {
    this.footprints = shapes;
    const areas = new Map(shapes.features.map((one) => [one.id, one.properties?.area_km2 as number]));
    for (const one of this.clusters) one.area_km2 = areas.get(one.id) ?? null;
    this.draw(this.state);
    if (this.state.c !== null) this.map?.select(this.clusters.find((one) => one.id === this.state.c) ?? null, false);
    void this.profile();
    document.body.dataset.answered = this.asked;
  }

  // ------------------------------------------------------------ other views
  private sheet(view: View, content: Node[]) {
    $(`[data-section="${view}"] .sheet`).replaceChildren(...content);
  }

  private async compare() {
    const chosen = this.state.cmp.filter((id) => this.clusters.some((one) => one.id === id));
    const known = chosen.filter((id) => this.base.some((one) => one.id === id));
    const profiles = await Promise.all(known.map((id) => json<Profile>(`runs/${this.run}/clusters/${id}.json`)));
    this.sheet("compare", compareView({ summary: this.summary, ranked: this.byTotal(), chosen, profiles, set: (cmp) => this.go({ cmp }) }));
  }

  private async editions() {
    const history = await json<History>("history.json");
    const chosen = [...new Set([...(this.state.c === null ? [] : [this.state.c]), ...this.state.cmp])];
    this.sheet("editions", editionsView(history, this.contents.runs, chosen, this.state.r, (r) => this.go({ r, c: null, cmp: [], ask: {}, w: null }, true)));
  }

  private async quality() {
    this.sheet("quality", qualityView(this.summary, await json<Quality>(`runs/${this.run}/quality.json`)));
  }

  private indexOptions(index: CompositeIndex): IndexOptions {
    const codes = new Set(index.nodes.map((node) => node.code));
    return {
      index, figure: this.state.f, unit: this.state.u,
      weights: Object.fromEntries(Object.entries(this.state.iw).filter(([code]) => codes.has(code))),
      weighed: (code, weight) => this.go({ iw: { ...this.state.iw, [code]: weight } }), pick: (u) => this.go({ u }), show: (f) => this.go({ f }),
    };
  }

  private async index() {
    const index = await json<CompositeIndex>(`indices/${this.state.i}/index.json`);
    const options = this.indexOptions(index);
    const tree = new Tree(index, options.weights);
    const order = scored(tree);
    $("#index-ranking").replaceChildren(...indexList(options, order));
    const own = Object.keys(options.weights).length;
    $("#index-head").replaceChildren(
      h("p", { class: "hint" }, own ? "Own weights: changes are against the index." : "Scores, ranks, and the intervals of ranks."),
      h("button", { type: "button", id: "index-csv", onclick: () => saveScores(options, order) }, "Download CSV"),
    );
    const old = document.querySelector<HTMLElement>("#index-weights");
    const keepPanel = old && old.dataset.of === String(this.state.i) && own > 0;
    const weights = keepPanel
      ? old
      : h("details", { id: "index-weights", "data-of": this.state.i, open: old ? (old as HTMLDetailsElement).open : own > 0 },
          h("summary", {}, "Weights: move them and see the ranking follow"), weightPanel(options, tree),
          h("button", { type: "button", onclick: () => this.go({ iw: {} }) }, "Back to the index's own"));
    const types = index.units.find((unit) => unit.unit === this.state.u);
    const said = types ? h("p", { class: "picked" }, h("b", {}, types.unit), ` · rank ${types.rank}`, types.type ? ` · ${types.type}` : "", types.group ? ` · ${types.group}` : "") : null;
    const parts: Node[] = [h("h2", {}, index.title), figureTabs(options), ...(said ? [said] : []), indexFigure(options, tree, order)];
    const sheet = $("#index-sheet");
    // the panel stays where it is while its sliders are dragged
    if (keepPanel) {
      for (const node of [...sheet.childNodes]) if (node !== weights) node.remove();
      weights.before(...parts.slice(0, 2));
      weights.after(...parts.slice(2));
    } else sheet.replaceChildren(...parts.slice(0, 2), weights, ...parts.slice(2));
    Object.assign(globalThis, { explorerIndex: order.map((row) => row.unit.unit) });
  }

  // ------------------------------------------------------------ downloads and notices
  private downloads() {
    const dialog = $<HTMLDialogElement>("#dialog");
    const inIndex = this.state.v === "index";
    const button = (label: string, act: () => void) => h("li", {}, h("button", { type: "button", onclick: act }, label));
    const own = inIndex
      ? []
      : [
          button("Ranking as shown, CSV", () => saveCsv(this.shownRows(), "ranking")),
          button("Ranking as shown, Excel", () => save(workbook(this.shownRows(), "ranking"), "ranking.xlsx")),
          button("Clusters as shown, GeoJSON", () => this.saveShapes()),
          ...(this.map && this.state.v === "world" ? [
            button("Map as shown, PNG", () => void this.savePicture()),
            button("Map as shown, SVG", () => this.saveDrawing()),
          ] : []),
        ];
    const home = inIndex ? `indices/${this.state.i}` : `runs/${this.state.r}`;
    const list = inIndex ? this.contents.indices[this.state.i].downloads : this.summary.downloads;
    dialog.replaceChildren(
      h("form", { method: "dialog" }, h("button", { class: "close", "aria-label": "Close" }, "×")),
      h("h2", { id: "dialog-title" }, "Downloads"),
      ...(own.length ? [h("h3", {}, "What the page shows"), h("ul", { class: "files" }, ...own)] : [h("p", { class: "hint" }, "Each figure and the ranking have buttons of their own.")]),
      h("h3", {}, inIndex ? "The index folder" : "The run folder"),
      files(home, list),
    );
    dialog.showModal();
  }

  // The ranking as the list has it: in its order, and only what the search has found.
  private shownRows() {
    return listRows(matching(this.rows, $<HTMLInputElement>("#find").value), this.summary);
  }

  private saveShapes() {
    const places = new Map(this.rows.map((row) => [row.cluster.id, row]));
    saveJson(
      {
        type: "FeatureCollection",
        hubscan: { title: this.summary.title, edition: this.summary.edition.name, synthetic: this.summary.synthetic, outline: "simplified by about 300 m" },
        features: (this.footprints?.features ?? []).map((one) => {
          const cluster = this.clusters.find((c) => c.id === one.id);
          return { ...one, properties: { ...cluster, rank: places.get(one.id as number)?.place ?? null } };
        }),
      },
      "clusters.geojson",
    );
  }

  private async savePicture() {
    if (this.map) save(await this.map.png(), "map.png");
  }

  // Drawn by the page itself, so that exports without a server have it too.
  private saveDrawing() {
    const { title, edition, synthetic } = this.summary;
    if (this.map) svgFile(this.map.svg(`Innovation clusters: ${edition.title ?? title}`, synthetic ? ["SYNTHETIC"] : []), "map");
  }

  private notice(text: string) {
    const box = $("#notice");
    box.textContent = text;
    box.hidden = false;
    setTimeout(() => (box.hidden = true), 8000);
  }
}
