import "maplibre-gl/dist/maplibre-gl.css";
import "./style.css";
import { App } from "./app";
import { $, h } from "./dom";
import { json } from "./source";
import type { Contents } from "./types";

try {
  const contents = await json<Contents>("index.json");
  await new App(contents).start();
} catch (error) {
  $("#page").replaceChildren(
    h("main", { class: "fault" }, h("h1", {}, "The explorer can't show this"), h("p", { role: "alert" }, (error as Error).message)),
  );
  document.body.dataset.ready = "fault";
}
