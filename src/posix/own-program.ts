/**
 * The programs of our own that threads and helpers run, each a file beside the one that starts it.
 *
 * @param own  of that one, its `import.meta.url`: a module, or a bundle, and so is the program
 */
export function ownProgram(name: string, own: string): URL {
  return new URL(`./${name}${own.slice(own.lastIndexOf("."))}`, own);
}
