/** timberline completion: a script for a shell, made of what there is (catalog.ts). */
import { readFile } from "../../posix/assets.ts";
import { COMMANDS, type Group, OWN } from "./catalog.ts";
import { print, type Tool, Usage } from "./tool.ts";

const NAME = "timberline completion";
const SHELLS = ["bash", "zsh", "fish"];
const HELP = `Usage: timberline completion bash|zsh|fish

Prints a script by which the shell completes timberline and all commands: their options, what can stand behind
them, and the services of $SERVICE_DIR (else /service) and of the working directory.

  bash   eval "$(timberline completion bash)"        in ~/.bashrc
  zsh    source <(timberline completion zsh)         in ~/.zshrc, behind compinit
  fish   timberline completion fish | source         in ~/.config/fish/config.fish

Exit codes: 0; 100 usage.
`;

export const completion: Tool = {
  name: NAME,
  help: HELP,
  run: (words) => {
    const shell = String(words[0]);
    if (words.length !== 1 || !SHELLS.includes(shell))
      throw new Usage(`${NAME}: usage: ${NAME} bash|zsh|fish`);
    const script = readFile(new URL(`../completion/timberline.${shell}`, import.meta.url));
    const text = script.toString().replace("@OWN@", table([OWN]));
    print(Buffer.from(text.replace("@COMMANDS@", table(COMMANDS))));
    return 0;
  },
};

/** A line for each command; nothing in it has a quote or a `|`. */
function table(groups: readonly Group[]): string {
  return groups
    .flatMap(({ entries }) => entries)
    .map(({ name, operands, options = "", words = "", purpose }) =>
      [name, operands, options, words, purpose].join("|"),
    )
    .join("\n");
}
