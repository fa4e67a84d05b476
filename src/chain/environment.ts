/**
 * The environment as an ordered list of byte strings, read and changed as daemontools' pathexec does:
 * strings without `=` and further ones of the same name stay.
 */
const EQUALS = 0x3d;

export type Environment = readonly Buffer[];

/** @returns the value of the first variable of that name */
export function getVariable(environment: Environment, name: string): Buffer | undefined {
  const key = Buffer.from(`${name}=`);
  return environment.find((string) => hasKey(string, key))?.subarray(key.length);
}

/**
 * Applies changes in order. `NAME=VALUE` sets, `NAME` removes: the first string with that name goes, the
 * last string of all takes its place, and a set one is put at the end.
 */
export function change(environment: Environment, changes: readonly Buffer[]): Environment {
  const strings = [...environment];
  for (const changed of changes) {
    const equals = changed.indexOf(EQUALS);
    const key = Buffer.from([...(equals === -1 ? changed : changed.subarray(0, equals)), EQUALS]);
    const at = strings.findIndex((string) => hasKey(string, key));
    const last = at === -1 ? undefined : strings.pop();
    if (last !== undefined && at < strings.length) strings[at] = last;
    if (equals !== -1) strings.push(changed);
  }
  return strings;
}

/** @param key  the name and an `=` */
function hasKey(string: Buffer, key: Buffer): boolean {
  return string.length >= key.length && string.compare(key, 0, key.length, 0, key.length) === 0;
}

/** The string that sets a variable. */
export function setting(name: string | Buffer, value: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from(name), Buffer.from("="), Buffer.from(value)]);
}
