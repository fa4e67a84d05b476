// Logs every line of its standard input with a library of npm: `node log-lines.mjs LIBRARY FILE SIZE`.
// It is what a service does that has its lines at hand: the line is logged, and the loop goes on.
import { mkdirSync } from "node:fs";
import { basename, dirname } from "node:path";

const KIB = 1024;
const [library = "", file = "", size = ""] = process.argv.slice(2);

/** Each opens its log, and answers how a line is logged and how all is brought to an end. */
const libraries = {
  "sonic-boom": async () => {
    const { default: SonicBoom } = await import("sonic-boom");
    const boom = new SonicBoom({ dest: file, minLength: 4096, sync: false });
    return { log: (line) => boom.write(`${line}\n`), end: () => ended(boom, "close") };
  },
  pino: () => withPino({ sync: true }),
  "pino async": () => withPino({ sync: false, minLength: 4096 }),
  "pino-roll": async () => {
    const { default: pino } = await import("pino");
    const options = { file, size: rollSize(), mkdir: true };
    const transport = pino.transport({ target: "pino-roll", options });
    const logger = pino(transport);
    return { log: (line) => logger.info(line), end: () => ended(transport, "close") };
  },
  winston: () => withWinston(({ format }) => format.json()),
  "winston plain": () => withWinston(({ format }) => format.printf(({ message }) => message)),
};

async function withPino(options) {
  const { default: pino } = await import("pino");
  const destination = pino.destination({ dest: file, ...options });
  const logger = pino(destination);
  return { log: (line) => logger.info(line), end: () => ended(destination, "close") };
}

async function withWinston(formatOf) {
  const { default: winston } = await import("winston");
  const { default: DailyRotateFile } = await import("winston-daily-rotate-file");
  const options = { dirname: dirname(file), filename: `${basename(file)}-%DATE%` };
  const transport = new DailyRotateFile({ ...options, maxSize: rollSize() });
  const logger = winston.createLogger({ format: formatOf(winston), transports: [transport] });
  const end = () =>
    new Promise((resolve) => {
      transport.once("finish", resolve);
      logger.end();
    });
  return { log: (line) => logger.info(line), end };
}

/** Both know sizes by their letter. */
function rollSize() {
  return `${Math.max(1, Math.floor(Number(size) / KIB))}k`;
}

function ended(stream, event) {
  // A thread of a transport does not keep this process alive.
  const awake = setInterval(() => {}, 1000);
  return new Promise((resolve) => {
    stream.once(event, () => {
      clearInterval(awake);
      resolve();
    });
    stream.end();
  });
}

mkdirSync(dirname(file), { recursive: true });
const { log, end } = await libraries[library]();
let rest = "";
for await (const chunk of process.stdin.setEncoding("utf8")) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) log(line);
}
await end();
