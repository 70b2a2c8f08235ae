/** The last few answers by what they were given for. The oldest is forgotten first. */
export class Recent<T> {
  private readonly known = new Map<string, T>();

  /** @param most - how many are kept */
  constructor(private readonly most: number) {}

  /** The answer that is kept for `key`, or a new one. */
  get(key: string, answer: () => T): T {
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const found = answer();
    if (this.known.size >= this.most) this.known.delete(this.known.keys().next().value!);
    this.known.set(key, found);
    return found;
  }
}
