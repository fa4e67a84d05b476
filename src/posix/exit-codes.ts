/** How our commands end when they could not do what they are there for; where a C program has other codes, theirs. */

/** They were not called as they are to be, or something is such that another try would end the same. */
export const USAGE = 100;
/** The system refused something. */
export const SYSTEM_TROUBLE = 111;
export const OWN_FAULT = 101;
