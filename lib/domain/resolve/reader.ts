import { parseDuration } from "../duration";
import {
  type DeclarationIssueCode,
  type DeclarationWarningCode,
  type Issue,
  type IssueDetails,
  issue,
} from "../issues";

/** Gathers every mistake of a declaration, and what is to be warned about; the same mistake at the same place once. */
export class Issues {
  readonly #found = new Map<string, Issue>();
  readonly #warnings: Issue[] = [];

  add(code: DeclarationIssueCode, path: string, details?: IssueDetails): void {
    const key = `${code} ${path} ${details?.detail ?? ""}`;
    if (!this.#found.has(key)) this.#found.set(key, issue(code, path, details));
  }

  warn(code: DeclarationWarningCode, path: string, details?: IssueDetails): void {
    this.#warnings.push(issue(code, path, details));
  }

  get found(): readonly Issue[] {
    return [...this.#found.values()];
  }

  get warnings(): readonly Issue[] {
    return this.#warnings;
  }
}

/** Longest declared name: the physical names made of three of them still fit the brokers' limits, or are shortened with a hash. */
const LONGEST_NAME = 100;
const NAME = /^[A-Za-z][A-Za-z0-9]*$/;

export type Fields = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** A place in a declaration that is being read: the value there, its path, and where mistakes go. */
export class Reader {
  constructor(
    readonly issues: Issues,
    readonly path: string,
    readonly value: unknown,
  ) {}

  at(name: string | number): Reader {
    const held = isRecord(this.value) || Array.isArray(this.value) ? (this.value as Fields)[name] : undefined;
    const step = typeof name === "number" ? `[${name}]` : this.path === "" ? name : `.${name}`;
    return new Reader(this.issues, `${this.path}${step}`, held);
  }

  get absent(): boolean {
    return this.value === undefined;
  }

  add(code: DeclarationIssueCode, details?: IssueDetails): void {
    this.issues.add(code, this.path, details);
  }

  warn(code: DeclarationWarningCode, details?: IssueDetails): void {
    this.issues.warn(code, this.path, details);
  }

  /** An object with no other properties than these; false (and an issue) where it is none. */
  isObjectOf(known: readonly string[], optional = true): boolean {
    if (this.absent) {
      if (!optional) this.add("ED104");
      return false;
    }
    if (!isRecord(this.value)) {
      this.add("ED105", { received: this.value, allowed: "an object" });
      return false;
    }
    for (const name of Object.keys(this.value)) {
      if (!known.includes(name)) this.at(name).add("ED103", { received: name, allowed: known });
    }
    return true;
  }

  /** A record of named things, each name checked. */
  named(): readonly (readonly [string, Reader])[] {
    if (this.absent) return [];
    if (!isRecord(this.value)) {
      this.add("ED105", { received: this.value, allowed: "an object with a property for each" });
      return [];
    }
    return Object.keys(this.value).map((name) => [name, this.at(name).checkName(name)] as const);
  }

  checkName(name: string): this {
    if (name.length > LONGEST_NAME) {
      this.add("ED102", { received: name, allowed: `at most ${LONGEST_NAME} characters` });
    } else if (!NAME.test(name)) {
      this.add("ED101", { received: name, allowed: "letters and digits, a letter first" });
    }
    return this;
  }

  /** A list, each entry once; an issue where it is empty and may not be. */
  list(options: { readonly atLeastOne: boolean }): readonly Reader[] {
    if (this.absent && !options.atLeastOne) return [];
    if (!Array.isArray(this.value)) {
      this.add(this.absent ? "ED104" : "ED105", this.absent ? {} : { received: this.value, allowed: "a list" });
      return [];
    }
    if (options.atLeastOne && this.value.length === 0) this.add("ED114");
    const readers = this.value.map((_, index) => this.at(index));
    readers.forEach((reader, index) => {
      if (typeof reader.value === "string" && (this.value as unknown[]).indexOf(reader.value) < index) {
        reader.add("ED115", { received: reader.value });
      }
    });
    return readers;
  }

  /** A list of names out of `allowed`; what is not allowed is reported and left out. */
  references(
    code: DeclarationIssueCode,
    allowed: readonly string[],
    options = { atLeastOne: true },
  ): readonly string[] {
    const names = this.list(options).flatMap((each) => each.reference(code, allowed) ?? []);
    return [...new Set(names)];
  }

  reference(code: DeclarationIssueCode, allowed: readonly string[]): string | undefined {
    if (this.absent) this.add("ED104", { allowed });
    else if (typeof this.value === "string" && allowed.includes(this.value)) return this.value;
    else this.add(code, { received: this.value, allowed });
    return undefined;
  }

  oneOf<T extends string>(allowed: readonly T[], fallback: T): T {
    if (this.absent) return fallback;
    if (typeof this.value === "string" && (allowed as readonly string[]).includes(this.value)) return this.value as T;
    this.add("ED106", { received: this.value, allowed });
    return fallback;
  }

  text(fallback: string | null = null): string | null {
    if (this.absent) return fallback;
    if (typeof this.value === "string") return this.value;
    this.add("ED105", { received: this.value, allowed: "text" });
    return fallback;
  }

  boolean(fallback: boolean): boolean {
    if (this.absent) return fallback;
    if (typeof this.value === "boolean") return this.value;
    this.add("ED105", { received: this.value, allowed: "true or false" });
    return fallback;
  }

  number(range: { readonly min: number; readonly max: number; readonly whole?: boolean }, fallback: number): number {
    if (this.absent) return fallback;
    const { min, max, whole = true } = range;
    const value = this.value;
    if (typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    this.add("ED107", { received: value, allowed: `${whole ? "a whole number " : ""}from ${min} to ${max}` });
    return fallback;
  }

  duration(range: DurationRange, fallback: number): number {
    if (this.absent) return fallback;
    const milliseconds = parseDuration(this.value);
    if (milliseconds === undefined) {
      this.add("ED108", {
        received: this.value,
        allowed: "a whole number and milliseconds, seconds, minutes, hours, days or weeks",
      });
      return fallback;
    }
    if (milliseconds < range.min || milliseconds > range.max) {
      this.add("ED109", { received: this.value, allowed: range.words, ...(range.why ? { fix: range.why } : {}) });
      return fallback;
    }
    return milliseconds;
  }
}

export interface DurationRange {
  readonly min: number;
  readonly max: number;
  readonly words: string;
  readonly why?: string;
}
