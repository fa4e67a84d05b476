// `npm run bench:peers`: installs what Timberline is compared with. Debian's packages by apt-get (with
// sudo, unless root), the libraries of npm and what draws the charts into bench/node_modules. What
// cannot be had is named; the benches leave it out.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { installInto, root } from "./tools.mjs";

/** apache2-utils has rotatelogs, util-linux unshare and fsfreeze, e2fsprogs mkfs.ext4. */
const packages = [
  "daemontools",
  "s6",
  "runit",
  "rsyslog",
  "apache2-utils",
  "supervisor",
  "util-linux",
  "e2fsprogs",
];

const isRoot = process.getuid?.() === 0;
const missing = packages.filter((name) => !isInstalled(name));
if (missing.length > 0 && !apt(["update", "-qq"])) {
  console.error(`no apt-get here: ${missing.join(", ")} will be left out`);
} else {
  for (const name of missing) {
    if (!apt(["install", "-y", "-qq", "--no-install-recommends", name]))
      console.error(`${name} could not be installed: it will be left out`);
  }
}
installInto(join(root, "bench"));

function isInstalled(name) {
  const words = ["-W", "-f", `\${Status}`, name];
  return String(spawnSync("dpkg-query", words).stdout ?? "").includes("install ok installed");
}

function apt(words) {
  // A daemon that is installed is not started: RUNLEVEL tells Debian's scripts that nothing runs yet.
  const env = { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const command = ["env", ...settings, "apt-get", ...words];
  const [program, ...args] = isRoot ? command : ["sudo", ...command];
  return spawnSync(program, args, { stdio: "inherit" }).status === 0;
}
