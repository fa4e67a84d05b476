/** What a start makes of every state in which a log directory may have been left. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ours, peer } from "../../support/commands.ts";
import { readLogdir } from "../../support/logdir.ts";
import { runOn } from "../../support/running.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

const original = peer("multilog");
const options = { skip: original.skip, timeout: 120_000 };

/** Absent, in use, finished. */
const MODES = [undefined, 0o644, 0o744] as const;
const PRESENT = [false, true] as const;
const OLD_LABEL = "@4000000000000001000000";

interface State {
  readonly current: number | undefined;
  readonly previous: number | undefined;
  readonly processed: number | undefined;
  readonly state: boolean;
  readonly newstate: boolean;
  /** Which file has its final name already. */
  readonly linked: "previous" | "processed" | undefined;
}

function everyState(): State[] {
  const states: State[] = [];
  for (const current of MODES)
    for (const previous of MODES)
      for (const processed of MODES)
        for (const state of PRESENT)
          for (const newstate of PRESENT)
            for (const linked of [undefined, "previous", "processed"] as const) {
              if (linked === "previous" && previous === undefined) continue;
              if (linked === "processed" && processed === undefined) continue;
              states.push({ current, previous, processed, state, newstate, linked });
            }
  return states;
}

function lay(directory: string, state: State): void {
  fs.mkdirSync(directory, { mode: 0o700 });
  const put = (name: string, mode: number | undefined): void => {
    if (mode === undefined) return;
    fs.writeFileSync(join(directory, name), `this was ${name}\n`);
    fs.chmodSync(join(directory, name), mode);
  };
  put("current", state.current);
  put("previous", state.previous);
  put("processed", state.processed);
  put("state", state.state ? 0o644 : undefined);
  put("newstate", state.newstate ? 0o644 : undefined);
  fs.writeFileSync(join(directory, `${OLD_LABEL}00.s`), "an old file\n");
  if (state.linked !== undefined) {
    const code = state.linked === "previous" ? "u" : "s";
    fs.linkSync(join(directory, state.linked), join(directory, `${OLD_LABEL}01.${code}`));
  }
}

const describe = (state: State): string => JSON.stringify(state);

for (const withProcessor of [false, true]) {
  test(
    `multilog makes of every left-over state what the C program makes of it${withProcessor ? ", with a processor" : ""}`,
    options,
    async (t) => {
      const place = temporaryDirectory(t);
      const states = everyState();
      const results = await Promise.all(
        [original.path, ours("multilog")].map(async (program, which) => {
          const cwd = join(place, String(which));
          fs.mkdirSync(cwd);
          for (const [number, state] of states.entries()) lay(join(cwd, `d${number}`), state);
          const script = [
            ...(withProcessor ? ["!cat; cat <&4; echo new >&5"] : []),
            ...states.map((_, number) => `./d${number}`),
          ];
          return runOn(t, program, script, "a new line\n", { cwd });
        }),
      );
      for (const ran of results) assert.deepEqual(ran, { code: 0, signal: null, stderr: "" });
      for (const [number, state] of states.entries()) {
        assert.deepEqual(
          readLogdir(place, "1", `d${number}`).contents,
          readLogdir(place, "0", `d${number}`).contents,
          describe(state),
        );
      }
      assert.equal(states.length, 252);
    },
  );
}

test(
  "multilog keeps an unclean current that has another name elsewhere (the C program loses it)",
  options,
  async (t) => {
    const place = temporaryDirectory(t);
    const directory = join(place, "d");
    const nothing = { previous: undefined, processed: undefined, state: false, newstate: false };
    lay(directory, { current: 0o644, ...nothing, linked: undefined });
    fs.linkSync(join(directory, "current"), join(place, "elsewhere"));
    const ran = await runOn(t, ours("multilog"), ["./d"], "", { cwd: place });
    assert.equal(ran.code, 0);
    assert.deepEqual(
      readLogdir(directory).archives.map(({ bytes }) => bytes.toString()),
      ["an old file\n", "this was current\n"],
    );
  },
);

test("multilog keeps a previous that has another name elsewhere", {
  timeout: 60_000,
}, async (t) => {
  const place = temporaryDirectory(t);
  const directory = join(place, "d");
  lay(directory, {
    current: undefined,
    previous: 0o744,
    processed: undefined,
    state: false,
    newstate: false,
    linked: undefined,
  });
  fs.linkSync(join(directory, "previous"), join(directory, "a copy"));
  await runOn(t, ours("multilog"), ["./d"], "", { cwd: place });
  assert.deepEqual(
    readLogdir(directory)
      .contents.slice(0, 2)
      .map((line) => line.slice(0, 8)),
    ["@….s 644", "@….u 744"],
  );
});

test(
  "multilog prunes when it gives a left-over file its name, and not at a clean start",
  options,
  async (t) => {
    const place = temporaryDirectory(t);
    const counts = await Promise.all(
      [original.path, ours("multilog")].flatMap((program, which) =>
        ([0o644, 0o744] as const).map(async (mode) => {
          const cwd = join(place, `${which}-${mode.toString(8)}`);
          const directory = join(cwd, "d");
          fs.mkdirSync(directory, { recursive: true });
          for (let n = 10; n < 20; n++)
            fs.writeFileSync(join(directory, `${OLD_LABEL}${n}.s`), `${n}\n`);
          // Neither is an archive: too short, or no label.
          fs.writeFileSync(join(directory, "@short"), "");
          fs.writeFileSync(join(directory, "current"), "x\n");
          fs.chmodSync(join(directory, "current"), mode);
          await runOn(t, program, ["n4", "./d"], "", { cwd });
          return readLogdir(directory).listing;
        }),
      ),
    );
    const [unclean, clean, ownUnclean, ownClean] = counts;
    assert.deepEqual(ownUnclean, unclean);
    assert.deepEqual(ownClean, clean);
    assert.equal(ownUnclean?.filter((line) => line.startsWith("@…")).length, 3);
    assert.equal(ownClean?.filter((line) => line.startsWith("@…")).length, 10);
  },
);
