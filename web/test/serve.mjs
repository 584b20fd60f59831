// A plain static server, as any host of files is one: no compression, no headers of its own.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".zip": "application/zip", ".wasm": "application/wasm" };

// { address, bytes(), close() }: serves a folder below /page/, and counts what it sends; `more`: texts by their names.
export async function served(folder, more = {}) {
  let sent = 0;
  const server = createServer((request, reply) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)).replace(/^\/page\//, "");
    const file = join(folder, path || "index.html");
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    if ((path || "index.html") in more) return reply.writeHead(200, { "content-type": type }).end(more[path || "index.html"]);
    if (!existsSync(file) || !statSync(file).isFile()) return reply.writeHead(404).end();
    sent += statSync(file).size;
    reply.writeHead(200, { "content-type": type });
    return createReadStream(file).pipe(reply);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const address = `http://127.0.0.1:${server.address().port}/page/`;
  return { address, bytes: () => sent, close: () => (server.closeAllConnections(), new Promise((done) => server.close(done))) };
}
