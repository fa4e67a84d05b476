// fnmatch(3) of the C library that this process runs with; undefined where that is not glibc.
import koffi from "koffi";

export type Fnmatch = (pattern: Uint8Array, text: Uint8Array) => boolean;

export const fnmatch: Fnmatch | undefined = loadFnmatch();

function loadFnmatch(): Fnmatch | undefined {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  if (report.header?.glibcVersionRuntime === undefined) return undefined;
  const library = koffi.load(null);
  const call = library.func("int fnmatch(const uint8_t *, const uint8_t *, int)") as (
    pattern: Buffer,
    text: Buffer,
    flags: number,
  ) => number;
  const nul = Buffer.from([0]);
  return (pattern, text) =>
    call(Buffer.concat([pattern, nul]), Buffer.concat([text, nul]), 0) === 0;
}
