import type { ResourceElement } from "./engine";
import { nothingOfTheKind } from "./errors";

/**
 * Something that a construct creates. Whatever uses its `name` comes after it, without a word about dependencies; it can be put
 * into another resource's `dependsOn` as well.
 */
export class Handle {
  /** The resource itself. */
  readonly resource: ResourceElement;

  constructor(resource: ResourceElement) {
    this.resource = resource;
  }

  /** The physical name, as a reference to the resource's attribute. */
  get name(): string {
    return this.resource.getStringAttribute("name");
  }

  /** The resource's address: for `dependsOn` and expressions. */
  get fqn(): string {
    return this.resource.fqn;
  }
}

/** A Kafka topic. */
export class TopicHandle extends Handle {}

/** A RabbitMQ queue. */
export class QueueHandle extends Handle {}

/** A Postgres role. */
export class RoleHandle extends Handle {}

/** A Postgres schema. */
export class SchemaHandle extends Handle {}

/** A Postgres table and its columns. */
export class TableHandle<Column extends string = string> extends Handle {
  /** The columns' names by themselves, as references to the table's attributes. */
  readonly columns: { readonly [C in Column]: string };

  constructor(resource: ResourceElement, columns: readonly string[]) {
    super(resource);
    const reference = (column: string): string =>
      resource.getStringAttribute(`columns[${columns.indexOf(column)}].name`);
    this.columns = lazyRecord<Column, string>(columns, reference);
  }

  /** The schema that it is in, as a reference. */
  get schema(): string {
    return this.resource.getStringAttribute("schema");
  }
}

/** A record whose values are made when they are asked for. */
export function lazyRecord<N extends string, V>(
  names: readonly string[],
  make: (name: string) => V,
): { readonly [X in N]: V } {
  const record = {};
  for (const name of names) Object.defineProperty(record, name, { enumerable: true, get: () => make(name) });
  // the names come from the declaration that the names' type was taken from
  return record as { readonly [X in N]: V };
}

/** What was declared but has no resource in this domain: asking for it says why instead of giving `undefined`. */
export interface Absent {
  /** The construct's path. */
  readonly path: string;
  /** The record's name: `topics`. */
  readonly what: string;
  readonly why: string;
}

/** Handles by the names of the declaration. Names without a resource are not listed, and say why when they are asked for. */
export function handles<N extends string, H>(
  declared: readonly string[],
  keys: Readonly<Record<string, string>>,
  make: (key: string, name: string) => H,
  absent: Absent,
): { readonly [X in N]: H } {
  const record = lazyRecord<N, H>(Object.keys(keys), (name) => make(keys[name] as string, name));
  for (const name of declared.filter((each) => !(each in keys))) {
    const get = (): never => {
      throw nothingOfTheKind(absent.path, `${absent.what}.${name}`, absent.why);
    };
    Object.defineProperty(record, name, { enumerable: false, get });
  }
  return record;
}
