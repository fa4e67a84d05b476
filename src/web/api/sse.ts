/** Server-sent events: what all streams of them have in common. */
export const EVENT_STREAM = "text/event-stream; charset=utf-8";
/** How often something is said where there is nothing to say. */
export const PULSE_MS = 15_000;
export const PULSE = ": still here\n\n";
/** Said when the server ends. */
export const END = "event: end\ndata: {}\n\n";
