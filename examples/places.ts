/** Where a demonstration happens, and how it was asked for. */
export interface Options {
  readonly for?: number;
  readonly rate: number;
  readonly dir: string;
}

export interface Places {
  /** The project's directory. */
  readonly root: string;
  /** Where services and logs go, absolute. */
  readonly dir: string;
  /** dist/bin */
  readonly commands: string;
  /** A path as it can be typed where this was started. */
  readonly shown: (path: string) => string;
}
