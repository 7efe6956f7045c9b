import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

// The projection runs on the page and in the map's workers. Workers read it from a file of its own, because a
// strict content security policy allows neither data: nor blob: scripts.
const projectionFile: Plugin = {
  name: "projection-file",
  apply: "build",
  generateBundle() {
    const source = readFileSync(new URL("./src/equal-earth.js", import.meta.url), "utf8").replace(/^export /m, "");
    this.emitFile({
      type: "asset",
      fileName: "assets/equal-earth.mjs",
      source: `${source}\nself.setProjectionHandler(() => equalEarth());\n`,
    });
  },
};

export default defineConfig({
  base: "./",
  plugins: [projectionFile],
  build: {
    target: "es2022",
    outDir: "../src/hubscan/explorer/assets",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    modulePreload: false,
    rolldownOptions: { output: { codeSplitting: false } },
  },
});
