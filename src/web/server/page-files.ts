/**
 * The page's files: a fixed table, read once. No path of a request reaches the file system.
 */
/** By the path under which a browser asks for each: the file in the page's directory, and its type. */
export const PAGE_FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/assets/page.js": ["page.js", "text/javascript; charset=utf-8"],
  "/assets/page.css": ["page.css", "text/css; charset=utf-8"],
  "/assets/favicon.svg": ["favicon.svg", "image/svg+xml"],
};
