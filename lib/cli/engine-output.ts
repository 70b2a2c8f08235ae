import { stripVTControlCharacters } from "node:util";
import { idInEngine, idsIn, kindOf } from "../preview/engine-plan/identity";
import type { Resource, ResourceKind } from "../topology/types";

/** A resource, and what is said of it wherever an engine names it. */
export interface Told {
  readonly resource: Pick<Resource, "kind" | "key">;
  readonly said: string;
}

/** How each engine names a resource in what it prints: by its type, and by a name that ends in the key. */
const NAMES = [
  // kafka_topic.orders_topic-OrderPaid_1A2B3C4D, "kafka_topic" "orders_topic-OrderPaid_1A2B3C4D"
  { engine: "terraform", pattern: /\b((?:kafka|rabbitmq|eventloom_postgres)_[a-z]+)(?:\.|" ")([\w-]+)/g },
  // kafka:index:Topic orders-topic-OrderPaid, kafka:index:Topic (orders-topic-OrderPaid), …$kafka:index/topic:Topic::orders-topic-OrderPaid
  { engine: "pulumi", pattern: /\b((?:kafka|rabbitmq|eventloom):[\w/]+:\w+)(?:::|\s+\(?)([^\s()"'\]]+)/g },
] as const;

/** The resources of ours that an engine's output names. */
export class NamedResources {
  readonly #byId = new Map<string, Told[]>();

  constructor(all: readonly Told[]) {
    for (const each of all) {
      const id = `${each.resource.kind} ${idInEngine(each.resource.key)}`;
      const known = this.#byId.get(id);
      if (known === undefined) this.#byId.set(id, [each]);
      else known.push(each);
    }
  }

  /** What is said of the resources that a line names, each once; several domains may have a resource of the same key. */
  saidIn(line: string): readonly string[] {
    const plain = stripVTControlCharacters(line);
    const found = NAMES.flatMap(({ engine, pattern }) =>
      [...plain.matchAll(pattern)].flatMap(([, type = "", name = ""]) => {
        const kind = kindOf(engine, type) ?? kindOf(engine, longType(type));
        return kind === null ? [] : this.#find(kind, name);
      }),
    );
    return [...new Set(found.map(({ said }) => said))];
  }

  #find(kind: ResourceKind, name: string): readonly Told[] {
    for (const id of idsIn(name)) {
      const found = this.#byId.get(`${kind} ${id}`);
      if (found !== undefined) return found;
    }
    return [];
  }
}

/** Pulumi shows `kafka:index/topic:Topic` as `kafka:index:Topic`. */
function longType(type: string): string {
  return type.replace(/^(\w+:\w+):(\w)(\w*)$/, (_, module: string, first: string, rest: string) => {
    return `${module}/${first.toLowerCase()}${rest}:${first}${rest}`;
  });
}

/** No line that people read is so long; what comes after it is passed on, but not looked at. */
const LONGEST_LINE = 65_536;

/**
 * Passes on what an engine prints as it comes, character by character, and says at the end of each line what it names. Colours and
 * everything else stay as they are.
 */
export class AnnotatedOutput {
  readonly #names: NamedResources;
  readonly #aside: (text: string) => string;
  #line = "";
  #heldBack = "";
  #annotated = 0;

  /** @param aside - how what is said is set off from the engine's own */
  constructor(names: NamedResources, aside: (text: string) => string) {
    this.#names = names;
    this.#aside = aside;
  }

  /** How many lines have named something. */
  get annotated(): number {
    return this.#annotated;
  }

  /** What is to be written once more has come. */
  push(text: string): string {
    const [first = "", ...rest] = `${this.#heldBack}${text}`.split("\n");
    const pieces = [first, ...rest];
    const last = pieces.pop() ?? "";
    const whole = pieces.map((piece) => this.#ended(piece)).join("");
    // a line may end in CR LF, of which the second half is still to come
    this.#heldBack = last.endsWith("\r") ? "\r" : "";
    const open = last.slice(0, last.length - this.#heldBack.length);
    this.#grow(open);
    return whole + open;
  }

  /** What is to be written when nothing more comes. */
  end(): string {
    const said = this.#saidAtEnd();
    return said + this.#heldBack;
  }

  #ended(piece: string): string {
    const text = piece.endsWith("\r") ? piece.slice(0, -1) : piece;
    this.#grow(text);
    const said = this.#saidAtEnd();
    this.#line = "";
    return `${text}${said}${piece.slice(text.length)}\n`;
  }

  #grow(text: string): void {
    if (this.#line.length < LONGEST_LINE) this.#line += text.slice(0, LONGEST_LINE);
  }

  #saidAtEnd(): string {
    const said = this.#names.saidIn(this.#line);
    if (said.length === 0) return "";
    this.#annotated++;
    return this.#aside(`  <- ${said.join(" or ")}`);
  }
}
