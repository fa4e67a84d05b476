import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const LONGEST_MS = 60_000;
const RULES = [
  "no-misused-promises",
  "switch-exhaustiveness-check",
  "await-thenable",
  "no-unsafe-member-access",
  "restrict-template-expressions",
  "no-for-in-array",
  "no-empty",
  "no-console",
];

/** Lints one file at a place of a project that has our configuration and nothing else. */
function lintAt(folder: string, text: string): string {
  const project = mkdtempSync(join(tmpdir(), "timberline-lint-"));
  try {
    for (const name of [".oxlintrc.json", "tsconfig.json", "package.json"]) {
      copyFileSync(join(root, name), join(project, name));
    }
    symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
    mkdirSync(join(project, folder), { recursive: true });
    const file = join(folder, "planted.ts");
    writeFileSync(join(project, file), text);
    const script = join(root, "node_modules/oxlint/bin/oxlint");
    const args = [script, "--type-aware", "-f", "unix", file];
    const { stdout } = spawnSync(process.execPath, args, {
      cwd: project,
      encoding: "utf8",
      timeout: LONGEST_MS,
    });
    return stdout;
  } finally {
    rmSync(project, { recursive: true });
  }
}

test("the linter finds each planted mistake", () => {
  const found = lintAt("src", readFileSync(join(root, "test/lint/planted.txt"), "utf8"));
  // Our function, our method, an array of them, and one from a module of Node's.
  assert.equal(found.split("no-floating-promises").length - 1, 4, found);
  for (const rule of RULES) assert.match(found, new RegExp(`\\b${rule}\\b`), found);
});

test("each room may import what the design allows, and nothing else", () => {
  const forbidden: [room: string, specifier: string][] = [
    ["src/tai64", "node:fs"],
    ["src/tai64", "../posix/index.ts"],
    ["src/multilog/kernel", "node:fs"],
    ["src/posix", "commander"],
    ["src/multilog", "node:fs"],
    ["src/multilog", "../bin/multilog.ts"],
    ["src/multilog", "commander"],
    ["src/posix", "../multilog/index.ts"],
    ["src/chain", "node:fs"],
    ["src/chain", "../multilog/index.ts"],
    ["src/chain", "koffi"],
    ["src/bin", "node:fs"],
    ["src/syslog", "node:net"],
    ["src/syslog", "../multilog/index.ts"],
    ["src/import", "node:fs"],
    ["src/import", "../syslog/index.ts"],
    ["src/import", "../supervise/index.ts"],
    ["src/web/api", "node:fs"],
    ["src/web/server", "node:child_process"],
    ["src/web/tree", "../../bin/common/svweb.ts"],
    ["src/web/tree", "../../multilog/engine.ts"],
    ["src/web/rpc", "koffi"],
    ["src/web/page", "../../posix/index.ts"],
    ["src/web/page", "../server/site.ts"],
    ["src/web/page", "../tree/types.ts"],
    ["src/web/page", "preact"],
    ["src/web/page/pure", "../element.ts"],
    ["src/web/page/pure", "../../tree/types.ts"],
    ["src/supervise", "node:fs"],
    ["src/supervise", "commander"],
    ["src/supervise", "../bin/svc.ts"],
    ["src/supervise", "../chain/chain.ts"],
    ["src/supervise", "../multilog/engine.ts"],
  ];
  for (const [room, specifier] of forbidden) {
    const found = lintAt(room, `import * as other from "${specifier}";\nexport { other };\n`);
    assert.match(found, /no-restricted-imports/, `${room} may import ${specifier}`);
  }
});
