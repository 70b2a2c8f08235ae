import type { RiskClass } from "../diff/types";
import type { Graph, Mark } from "../graph/types";

/** What the page's script reads: everything that it shows is in here, in words. */
export interface PageData {
  readonly title: string;
  readonly mode: "topology" | "diff";
  readonly domains: readonly PageDomain[];
}

/** One domain. */
export interface PageDomain {
  readonly name: string;
  readonly items: readonly PageItem[];
  /** Every box and arrow there is: the script draws parts of it. */
  readonly graph: Graph;
  /** In which order a diff is deployed, in sentences. */
  readonly steps: readonly string[];
  /** Names of the messages that go along the flows, sorted. */
  readonly messages: readonly string[];
  /** Whom a diff concerns or who takes part in a flow: `billing`, sorted. */
  readonly participants: readonly string[];
}

/** A resource, a published schema or a saga. */
export interface PageItem {
  readonly key: string;
  /** `Kafka topics`, `published schemas`: the part of the list that it stands in. */
  readonly section: string;
  /** `topic`, `schema`: what it is, in a word. */
  readonly what: string;
  readonly name: string;
  readonly path: string;
  /** The box of the whole graph that it is in; null for what has none. */
  readonly node: string | null;
  /** The message that it is the schema of; null for anything else. */
  readonly message: string | null;
  /** Keys of items that belong to it: the schemas that go through a queue, the queues that a schema goes through. */
  readonly related: readonly string[];
  /** Who takes part in what goes through it. */
  readonly participants: readonly string[];
  readonly settings: readonly PageSetting[];
  /** JSON Schema as text; null for what has none. */
  readonly schema: string | null;
  readonly ddl: readonly string[];
  readonly change: PageChange | null;
}

/** A setting, and what it was where a diff changes it. */
export interface PageSetting {
  readonly name: string;
  readonly value: string;
  readonly before: string | null;
}

/** What a diff says of an item. */
export interface PageChange {
  readonly mark: Mark;
  readonly action: string;
  readonly risk: RiskClass;
  readonly findings: readonly PageFinding[];
  readonly affected: readonly string[];
}

/** One finding in words. */
export interface PageFinding {
  readonly risk: RiskClass;
  readonly code: string;
  readonly title: string;
  readonly happens: string;
  readonly wayOut: string | null;
  readonly source: string | null;
  readonly accepted: string | null;
}
