/** Paths of icons, in a square of 16. */
export const START = "M4 2.5v11l9-5.5z";
export const STOP = "M3.5 3.5h9v9h-9z";
export const RESTART =
  "M8 2.5a5.5 5.5 0 1 0 5.5 5.5h-1.6A3.9 3.9 0 1 1 8 4.1c1 0 1.9.4 2.6 1L8.9 6.8h4.6V2.2l-1.7 1.7A5.5 5.5 0 0 0 8 2.5z";
export const MORE =
  "M3 6.7a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6zm5 0a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6zm5 0a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6z";
