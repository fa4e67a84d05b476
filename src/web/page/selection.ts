/** Which rows are selected, and which one the keys are for. */
export class Selection {
  private readonly names = new Set<string>();
  /** The row that the keys are for. */
  current: string | undefined;

  get size(): number {
    return this.names.size;
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  set(name: string, isSelected: boolean): void {
    if (isSelected) this.names.add(name);
    else this.names.delete(name);
  }

  clear(): void {
    this.names.clear();
  }

  /** Those that are meant: the selected ones that there are, in their order; else the current one. */
  meant(shown: readonly string[]): string[] {
    const selected = shown.filter((name) => this.names.has(name));
    if (selected.length > 0) return selected;
    return this.current !== undefined && shown.includes(this.current) ? [this.current] : [];
  }
}
