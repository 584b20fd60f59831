// Keeps the files of one edition of the page, so that later visits need no network; it sends nothing anywhere.
const KEPT = "symparams-{{edition}}";
const SNAPSHOT = "symparams-snapshot-{{packs}}"; // made by the page, of these packs
const FILES = "{{files}}";
const HEADERS = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

self.addEventListener("install", (event) => {
  event.waitUntil(kept());
});

// Rejected where there is no room or no permission: then the page goes on without.
async function kept() {
  const cache = await caches.open(KEPT);
  await cache.addAll(FILES);
  await self.skipWaiting();
}

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => names.filter((name) => name.startsWith("symparams-") && name !== KEPT && name !== SNAPSHOT));
  event.waitUntil(old.then((names) => Promise.all(names.map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && new URL(request.url).origin === self.location.origin) event.respondWith(found(request));
});

async function found(request) {
  const here = await caches.match(request, { cacheName: KEPT, ignoreSearch: true }).catch(() => null);
  const reply = here ?? (await fetch(request));
  if (reply.status !== 200) return reply;
  const headers = new Headers(reply.headers); // with which Python can be interrupted
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  headers.delete("content-encoding");
  headers.delete("content-length");
  return new Response(reply.body, { status: 200, headers });
}
