/** The room's face for others: what a process that supervises many services needs of it. */
export {
  type BackgroundEnd,
  type BackgroundOptions,
  type BackgroundSystem,
  type BackgroundWatch,
  watchBackground,
} from "./background.ts";
