/** What a descriptor shows its output on. */
import tty from "node:tty";
import type { Fd } from "./types.ts";

export function isTerminal(fd: Fd): boolean {
  return tty.isatty(fd);
}

/** How many characters fit into a line of the terminal; 80 where there is none. */
export function terminalColumns(fd: Fd): number {
  if (!tty.isatty(fd)) return 80;
  return new tty.WriteStream(fd).columns || 80;
}

const [END_OF_TEXT, END_OF_INPUT, RETURN, NEWLINE, DELETE, BACKSPACE, KILL_LINE] = [
  "\u0003",
  "\u0004",
  "\r",
  "\n",
  "\u007f",
  "\b",
  "\u0015",
];

/**
 * Asks for things that are not to be seen, on a terminal: nothing is shown from the first question to the last
 * answer.
 *
 * @returns undefined when it was given up, by Ctrl-C or Ctrl-D
 */
export function askHidden(
  input: Fd,
  output: Fd,
  questions: readonly string[],
): Promise<string[] | undefined> {
  const keyboard = new tty.ReadStream(input);
  const screen = new tty.WriteStream(output);
  keyboard.setRawMode(true);
  keyboard.setEncoding("utf8");
  return new Promise((resolve) => {
    const answers: string[] = [];
    let text = "";
    const done = (all: string[] | undefined): void => {
      keyboard.off("data", hear);
      keyboard.setRawMode(false);
      keyboard.destroy();
      resolve(all);
    };
    const hear = (keys: string): void => {
      for (const key of keys) {
        if (key === END_OF_TEXT || key === END_OF_INPUT) return done(undefined);
        if (key === DELETE || key === BACKSPACE) text = text.replace(/.$/u, "");
        else if (key === KILL_LINE) text = "";
        else if (key !== RETURN && key !== NEWLINE) text += key;
        else {
          answers.push(text);
          text = "";
          screen.write(`\n${questions[answers.length] ?? ""}`);
          if (answers.length === questions.length) return done(answers);
        }
      }
    };
    keyboard.on("data", hear);
    screen.write(questions[0] ?? "");
  });
}
