// Format and lint, as CI does: Biome checks the format and the order of imports, oxlint all the rest.
import { install, runTool } from "./tools.mjs";

install();
runTool("@biomejs/biome/bin/biome", ["check", "."]);
runTool("oxlint/bin/oxlint", ["--type-aware", "--deny-warnings"]);
