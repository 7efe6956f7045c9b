// Where answers come from: a server or a static folder by fetch, or the page itself in a single-file export.
const inline = (name: string) => document.getElementById(`inline:${name}`);

async function unpacked(element: HTMLElement): Promise<ArrayBuffer> {
  const text = atob(element.textContent!.trim());
  const packed = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}
const textOf = async (element: HTMLElement) => new TextDecoder().decode(await unpacked(element));

export const isSingleFile = inline("bundle") !== null;
const root = new URL("api/v1/", document.baseURI);
let bundle: Record<string, string> | null = null;
const kept = new Map<string, Promise<unknown>>();

async function sentence(response: Response): Promise<string> {
  try {
    return ((await response.json()) as { error: string }).error;
  } catch {
    return `the server answered ${response.status}`;
  }
}

async function fetched(path: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(new URL(path, root));
  } catch {
    throw new Error("The server can't be reached: is hubscan explore still running?");
  }
  if (!response.ok) throw new Error(await sentence(response));
  return response;
}

async function made(path: string): Promise<unknown> {
  if (!isSingleFile) return (await fetched(path)).json();
  bundle ??= JSON.parse(await textOf(inline("bundle")!)) as Record<string, string>;
  if (!(path in bundle)) throw new Error(`This export does not hold ${path}.`);
  return JSON.parse(bundle[path]);
}

export function json<T>(path: string): Promise<T> {
  if (!kept.has(path)) {
    const promise = made(path);
    kept.set(path, promise);
    promise.catch(() => kept.delete(path));
  }
  return kept.get(path) as Promise<T>;
}

export async function binary(path: string): Promise<ArrayBuffer> {
  const element = inline(`api/v1/${path}`);
  return element ? unpacked(element) : (await fetched(path)).arrayBuffer();
}

export async function ask<T>(path: string, body: unknown, signal: AbortSignal): Promise<T> {
  const response = await fetch(new URL(path, root), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw new Error(await sentence(response));
  return response.json() as Promise<T>;
}

export async function workerUrl(url: string): Promise<string> {
  if (!isSingleFile) return new URL(url, document.baseURI).href;
  return URL.createObjectURL(new Blob([await textOf(inline("worker")!)], { type: "text/javascript" }));
}

export const fileUrl = (path: string) => new URL(path, root).href;
