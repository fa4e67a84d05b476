/** syslog-in among real senders. */
// Not tested: an IPv6 peer, descriptors that run out.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import fs from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { posix, sockets } from "../../src/posix/index.ts";
import { bind, call } from "../../src/posix/libc.ts";
import { unixAddress } from "../../src/posix/socket-address.ts";
import { ours, peer } from "../support/commands.ts";
import { readLogdir, withoutStamps } from "../support/logdir.ts";
import { Pipe } from "../support/pipe.ts";
import { Running } from "../support/running.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { HOST, logger, Receiving } from "../syslog/receiving.ts";

const timeout = 60_000;
const CLEAN = { code: 0, signal: null };
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
const { skip } = peer("logger");
const socketCall = bind("int socket(int family, int type, int protocol)");
const sendto = bind(
  "int64_t sendto(int fd, const void *bytes, size_t length, int flags, const void *to, uint32_t size)",
);
const setOption = bind("int setsockopt(int fd, int level, int option, const void *v, uint32_t n)");
const [AF_UNIX, SOCK_DGRAM, SOCK_CLOEXEC, MSG_DONTWAIT] = [1, 2, 0o2000000, 0x40];
const [SOL_SOCKET, SO_SNDBUF] = [1, 7];

/** Sends datagrams to a unix socket without ever waiting. */
class Sender {
  private readonly fd: number;
  private readonly to: Buffer;

  constructor(scope: Scope, path: string) {
    this.fd = call("socket", undefined, () => socketCall(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    scope.after(() => fs.closeSync(this.fd));
    this.to = unixAddress(path) ?? Buffer.alloc(0);
    const bytes = Int32Array.of(1 << 20);
    setOption(this.fd, SOL_SOCKET, SO_SNDBUF, bytes, 4);
  }

  /** @returns whether there was room for it */
  send(text: string | Uint8Array): boolean {
    const bytes = Buffer.from(text as string);
    return sendto(this.fd, bytes, bytes.length, MSG_DONTWAIT, this.to, this.to.length) !== -1;
  }
}

async function connect(scope: Scope, port: number): Promise<net.Socket> {
  const socket = net.connect(port, "127.0.0.1");
  scope.after(() => socket.destroy());
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("connect", resolve));
  return socket;
}

/** In a namespace of its own: $0 is /dev/log there. */
const OWN_DEV = `mount -t tmpfs none /mnt && mkdir /mnt/shm && mount --rbind /dev/shm /mnt/shm &&
  ln -s "$0" /mnt/log && mount --move /mnt /dev`;
const SPEAK = fileURLToPath(new URL("../../../test/syslog/programs/speak.pl", import.meta.url));
const noNamespace =
  spawnSync("unshare", ["-rm", "sh", "-c", OWN_DEV, "none"]).status !== 0 &&
  "a /dev of its own is not to be had";
const noSyslog =
  spawnSync("perl", ["-MSys::Syslog", "-e", "1"]).status !== 0 &&
  "perl has no Sys::Syslog: nobody calls syslog(3)";

/** One whose lines go to a FIFO that nobody reads any more. */
async function abandoned(scope: Scope): Promise<{ fifo: string; receiving: Receiving }> {
  const fifo = join(temporaryDirectory(scope), "fifo");
  spawnSync("mkfifo", [fifo]);
  const reader = fs.openSync(fifo, "r+");
  const stdout = fs.openSync(fifo, "w");
  const receiving = new Receiving(scope, { stdout });
  fs.closeSync(stdout);
  await until("it", () => posix.queued(reader) > 0);
  fs.closeSync(reader);
  return { fifo, receiving };
}

/** A pipe for the lines of one that is started on `stdout`; nothing is read from it unless by the test. */
function outlet(scope: Scope): { pipe: Pipe; stdout: number } {
  const pipe = new Pipe(scope);
  // One that waits: the pipe's own writing end does not.
  const stdout = fs.openSync(`/proc/self/fd/${pipe.readEnd}`, "w");
  pipe.end();
  return { pipe, stdout };
}

describe("syslog-in", { concurrency: 2 }, () => {
  test("logger(1) on a unix socket, its process by the kernel", { timeout, skip }, async (t) => {
    const receiving = await new Receiving(t).ready();
    const { socket } = receiving;
    const first = logger("-u", socket, "-t", "tag", "-p", "mail.err", "one\ttwo");
    const second = logger("-u", socket, "-t", "tag", "--id=1", "--rfc5424=notq", "five");
    // Root may say that it is another process, and the kernel believes it.
    const claimed = isRoot ? "1" : `${second} 1?`;
    assert.deepEqual(await receiving.heard(2), [
      `mail.err ${HOST} tag[${first}]: one\ttwo`,
      `user.notice ${HOST} tag[${claimed}]: five`,
    ]);
    assert.equal(fs.statSync(socket).mode & 0o7777, 0o666);
    assert.deepEqual(await receiving.running.stop("SIGTERM"), CLEAN);
    assert.equal(fs.existsSync(socket), false);
    assert.equal(receiving.running.stderr, "");
  });

  test("logger(1) over UDP and TCP", { timeout, skip }, async (t) => {
    const args = ["--udp", "127.0.0.1:0", "--tcp", "127.0.0.1:0"];
    const receiving = await new Receiving(t, { args }).ready();
    const to = (kind: "UDP" | "TCP"): string[] => [
      "-n",
      "127.0.0.1",
      "-P",
      `${receiving.port(kind)}`,
    ];
    logger(...to("UDP"), "-d", "-t", "tag", "--rfc3164", "one");
    await receiving.heard(1);
    logger(...to("UDP"), "-d", "-t", "tag", "--rfc5424=notq", "two");
    await receiving.heard(2);
    logger(...to("TCP"), "-T", "-t", "tag", "--rfc3164", "three");
    await receiving.heard(3);
    logger(...to("TCP"), "-T", "-t", "tag", "--rfc5424=notq", "--octet-count", "four");
    const lines = ["one", "two", "three", "four"].map(
      (word) => `user.notice 127.0.0.1 tag: ${word}`,
    );
    assert.deepEqual(await receiving.heard(4), lines);
  });

  test("syslog(3), into multilog, to the disk", {
    timeout,
    skip: noNamespace || noSyslog,
  }, async (t) => {
    const { pipe, stdout } = outlet(t);
    const receiving = new Receiving(t, { stdout });
    const { directory, socket } = receiving;
    fs.closeSync(stdout);
    const log = new Running(t, ours("multilog"), ["t", "./main"], { cwd: directory, input: pipe });
    const whole = (): string => withoutStamps(readLogdir(directory, "main").whole);
    await until(
      "it",
      () => fs.existsSync(join(directory, "main/current")) && whole().includes("listening"),
    );
    // A namespace in which /dev/log is ours.
    const sent = spawnSync(
      "unshare",
      ["-rm", "sh", "-c", `${OWN_DEV} && exec perl "$@"`, socket, SPEAK, "500"],
      {
        encoding: "utf8",
      },
    );
    assert.deepEqual([sent.status, sent.stderr], [0, ""]);
    await until("all", () => whole().includes("line 500\n"));
    assert.deepEqual(await receiving.running.stop("SIGTERM"), CLEAN);
    assert.deepEqual(await log.ended, CLEAN);
    const expected = Array.from(
      { length: 500 },
      (_, n) => `@ daemon.info ${HOST} it[${sent.stdout}]: line ${n + 1}`,
    );
    assert.deepEqual(whole().split("\n").slice(1, -1), expected);
  });

  test("whoever may not remove the socket, and other users, can send", {
    timeout,
    skip: isRoot ? skip : "needs root",
  }, async (t) => {
    const args = ["--socket", "log", "--uid", "--user", "nobody"];
    const receiving = await new Receiving(t, { args }).ready();
    fs.chmodSync(receiving.directory, 0o755);
    const { pid } = spawnSync("logger", ["-u", receiving.socket, "-t", "tag", "x"], {
      uid: NOBODY,
      gid: NOBODY,
    });
    assert.deepEqual(await receiving.heard(1), [
      `user.notice ${HOST} tag[${pid} uid ${NOBODY}]: x`,
    ]);
    assert.match(
      fs.readFileSync(`/proc/${receiving.running.pid}/status`, "latin1"),
      /^Uid:\t65534\t65534/m,
    );
    assert.deepEqual(await receiving.running.stop("SIGTERM"), CLEAN);
    // What it had to leave behind is replaced.
    assert.ok(fs.statSync(receiving.socket).isSocket());
    const next = new Running(t, ours("syslog-in"), ["--socket", "log"], {
      cwd: receiving.directory,
    });
    await until("the next", () => sockets.isAnswered(receiving.socket));
    assert.deepEqual(await next.stop("SIGTERM"), CLEAN);
  });

  test("a reader that is slow holds senders back, and nothing is lost", { timeout }, async (t) => {
    const { pipe, stdout } = outlet(t);
    const receiving = new Receiving(t, { stdout });
    fs.closeSync(stdout);
    await until("it", () => pipe.queued > 0);
    const sender = new Sender(t, receiving.socket);
    let sent = 0;
    let refused = 0;
    // Until the socket's queue has been full for long, with as much in front of it as it holds.
    while (refused < 50) {
      if (sender.send(`<13>t: ${sent} ${"x".repeat(2000)}`)) {
        sent++;
        refused = 0;
      } else {
        refused++;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    }
    assert.ok(sent > 30, `${sent} were sent`);
    receiving.running.signal("SIGTERM");
    let text = "";
    await until("all", () => {
      text += pipe.takeRest();
      return !receiving.running.isUp && pipe.queued === 0;
    });
    assert.deepEqual(await receiving.running.ended, CLEAN);
    // Also none that nobody has sent.
    const lines = text.split("\n").slice(1, -1);
    const numbers = lines.map((line) => Number(/\]: ([0-9]+) x/.exec(line)?.[1]));
    assert.deepEqual(
      numbers,
      Array.from({ length: sent }, (_, n) => n),
    );
  });

  test("standard output without a reader: senders wait, and it goes on with the next one", {
    timeout,
  }, async (t) => {
    const { fifo, receiving } = await abandoned(t);
    const sender = new Sender(t, receiving.socket);
    assert.ok(sender.send("<13>t: one"));
    await receiving.running.says("unable to write to standard output");
    assert.ok(sender.send("<13>t: two"));
    const second = fs.openSync(fifo, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    t.after(() => fs.closeSync(second));
    const memory = Buffer.alloc(4096);
    let text = "";
    await until("both", () => {
      if (posix.queued(second) > 0)
        text += memory.toString("latin1", 0, fs.readSync(second, memory));
      return text.includes("two");
    });
    assert.match(text, /: one\n.*: two\n$/);
    assert.deepEqual(await receiving.running.stop("SIGTERM"), CLEAN);
    assert.match(receiving.running.stderr, /writing to standard output again/);
  });

  test("without a reader TERM ends it, and it says so", { timeout }, async (t) => {
    const { receiving } = await abandoned(t);
    assert.ok(new Sender(t, receiving.socket).send("<13>t: one"));
    await receiving.running.says("senders wait");
    assert.deepEqual(await receiving.running.stop("SIGTERM"), { code: 111, signal: null });
    assert.match(receiving.running.stderr, /unable to write everything/);
  });

  test("a second one is refused, a stale socket is replaced, anything else is left alone", {
    timeout,
  }, async (t) => {
    const receiving = await new Receiving(t).ready();
    const { directory, socket } = receiving;
    const run = (...args: string[]) => {
      const { status, stderr } = spawnSync(ours("syslog-in"), args, {
        cwd: directory,
        encoding: "utf8",
      });
      return `${status} ${stderr}`;
    };
    assert.match(
      run("--socket", socket),
      /^100 syslog-in: fatal: .*log is in use: somebody receives/,
    );
    assert.ok(sockets.isAnswered(socket));
    receiving.running.signal("SIGKILL");
    await receiving.running.ended;
    assert.ok(fs.statSync(socket).isSocket());
    const next = new Running(t, ours("syslog-in"), ["--socket", "log"], { cwd: directory });
    await until("the next", () => sockets.isAnswered(socket));
    assert.deepEqual(await next.stop("SIGTERM"), CLEAN);
    fs.writeFileSync(socket, "precious");
    assert.match(run("--socket", "log"), /^100 .*log is there and is no socket/);
    assert.equal(fs.readFileSync(socket, "utf8"), "precious");
    fs.symlinkSync("elsewhere", join(directory, "link"));
    assert.match(run("--socket", "link"), /^100 .*link is a symbolic link to elsewhere/);
    assert.match(
      run("--socket", "no/log"),
      /^111 .*unable to open directory no: file does not exist/,
    );
    assert.match(run("--socket", "x".repeat(200)), /^111 .*file name too long/);
    assert.match(run("--udp", "localhost:514"), /^100 .*127\.0\.0\.1:514/);
    assert.match(
      run("--udp", "192.0.2.1:9"),
      /^111 .*unable to listen on UDP 192\.0\.2\.1:9: address not available/,
    );
    assert.match(run("--connections", "0"), /^100 /);
    assert.match(run("--user", "no such"), /^100 .*there is no user no such/);
    assert.match(run("word"), /^100 /);
  });

  test("datagrams as long as they come, and hostile ones", { timeout }, async (t) => {
    const receiving = await new Receiving(t).ready();
    const sender = new Sender(t, receiving.socket);
    const sizes = [0, 1, 65_535, 65_536, 200_000, 262_144, 300_000];
    for (const size of sizes) await until("room", () => sender.send("x".repeat(size)));
    await until("room", () => sender.send(Buffer.alloc(60_000, 1)));
    const lines = await receiving.heard(sizes.length + 1);
    const texts = lines.map((line) => line.slice(line.indexOf("]: ") + 3));
    const expected = sizes.map((size) => "x".repeat(Math.min(size, 262_144)));
    expected[sizes.length - 1] += " (37856 bytes more were sent)";
    assert.deepEqual(texts, [...expected, "\\x01".repeat(60_000)]);
  });

  test("half a message waits for its other half; the end of the connection ends it", {
    timeout,
  }, async (t) => {
    const receiving = await new Receiving(t, { args: ["--tcp", "127.0.0.1:0"] }).ready();
    const [slow, quick] = [
      await connect(t, receiving.port("TCP")),
      await connect(t, receiving.port("TCP")),
    ];
    slow.write("<13>t: be");
    quick.write("<13>t: quick\n");
    assert.deepEqual(await receiving.heard(1), ["user.notice 127.0.0.1 t: quick"]);
    slow.write("gun\n11 <13>t: cou");
    await receiving.heard(2);
    slow.end("x");
    quick.end("<13>t: part");
    const lines = (await receiving.heard(4)).slice(1).sort();
    const texts = ["begun", "coux", "part"].map((text) => `user.notice 127.0.0.1 t: ${text}`);
    assert.deepEqual(lines, texts);
  });

  test("connections beyond the most wait for a place", { timeout }, async (t) => {
    const args = ["--tcp", "127.0.0.1:0", "--connections", "2"];
    const receiving = await new Receiving(t, { args }).ready();
    const [a, b, c] = [
      await connect(t, receiving.port("TCP")),
      await connect(t, receiving.port("TCP")),
      await connect(t, receiving.port("TCP")),
    ];
    a.write("<13>t: a\n");
    b.write("<13>t: b\n");
    await receiving.heard(2);
    c.write("<13>t: c\n");
    a.end();
    assert.equal((await receiving.heard(3))[2], "user.notice 127.0.0.1 t: c");
  });

  test("TERM takes what connections have sent, also those that were never accepted", {
    timeout,
  }, async (t) => {
    const args = ["--tcp", "127.0.0.1:0", "--connections", "1"];
    const receiving = await new Receiving(t, { args }).ready();
    const [a, b] = [
      await connect(t, receiving.port("TCP")),
      await connect(t, receiving.port("TCP")),
    ];
    a.write("<13>t: a\n");
    await receiving.heard(1);
    await new Promise((resolve) => b.write("<13>t: b\n", resolve));
    assert.deepEqual(await receiving.running.stop("SIGTERM"), CLEAN);
    assert.deepEqual(
      receiving.lines,
      ["a", "b"].map((text) => `user.notice 127.0.0.1 t: ${text}`),
    );
  });

  test("what the kernel dropped on UDP is counted in a line", { timeout }, async (t) => {
    const { pipe, stdout } = outlet(t);
    const receiving = new Receiving(t, { args: ["--udp", "127.0.0.1:0"], stdout });
    fs.closeSync(stdout);
    await until("it", () => pipe.queued > 0);
    let text = pipe.takeRest();
    const port = Number(/UDP 127\.0\.0\.1:([0-9]+)/.exec(text)?.[1]);
    const socket = createSocket("udp4");
    t.after(() => socket.close());
    // Nobody reads: more than the queue holds.
    const message = `<13>t: ${"x".repeat(60_000)}`;
    const sent = 600;
    for (let n = 0; n < sent; n++)
      await new Promise((resolve) => socket.send(message, port, "127.0.0.1", resolve));
    receiving.running.signal("SIGTERM");
    await until("the end", () => {
      text += pipe.takeRest();
      return !receiving.running.isUp && pipe.queued === 0;
    });
    const received = text
      .split("\n")
      .filter((line) => line.startsWith("user.notice 127.0.0.1 t: x")).length;
    const reports = [
      ...text.matchAll(
        /^syslog\.warning .*\]: the kernel dropped [0-9]+ messages on UDP 127\.0\.0\.1:[0-9]+, ([0-9]+) in all/gm,
      ),
    ];
    assert.ok(received < sent);
    assert.equal(Number(reports.at(-1)?.[1]), sent - received);
  });

  test("--help, and words that are none", { timeout }, () => {
    const run = (...args: string[]) => spawnSync(ours("syslog-in"), args, { encoding: "utf8" });
    assert.match(run("--help").stdout, /^Usage: syslog-in /);
    const bad = run("--sokcet", "x");
    assert.equal(bad.status, 100);
    assert.match(bad.stderr, /--help says more\n$/);
  });
});
