// Keeps one page, "the machine is coming back", and nothing else: it is shown when a page cannot be fetched.
"use strict";
const CACHE = "coming-back";
const PAGE = "/offline";
const PARTS = /(?:href|src)="(\/static\/[^"]*\bkept=[^"]*)"/g;

const keep = async () => {
  const answer = await fetch(PAGE, { credentials: "omit", cache: "reload" });
  if (!answer.ok) throw new Error(`${PAGE} ${answer.status}`);
  const text = await answer.clone().text();
  const parts = [...text.matchAll(PARTS)].map((found) => found[1].replaceAll("&amp;", "&"));
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  await cache.addAll(parts);
  await cache.put(PAGE, answer);
  await self.skipWaiting();
};

const page = async (event) => {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return caches.match(PAGE);
  }
};

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(self.registration.navigationPreload?.enable()));
self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(page(event));
  else if (new URL(event.request.url).searchParams.has("kept")) {
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
  }
});
