import type { Flow } from "../../topology/types";
import type { RiskClass } from "../diff/types";

/** What a box of the picture stands for. */
export type NodeKind =
  | "relay"
  | "store"
  | "outbox"
  | "topic"
  | "exchange"
  | "queue"
  | "ladder"
  | "unrouted"
  | "consumer"
  | "projection"
  | "saga"
  | "handler";

/** What a diff says of a box or an arrow. */
export type Mark = "added" | "changed" | "removed";

/** A box. */
export interface GraphNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly label: string;
  /** A few words below the label; may be empty. */
  readonly detail: string;
  /** Keys of the resources that are folded into it. */
  readonly keys: readonly string[];
  /** How many things of its kind it stands for: more than 1 for a group. */
  readonly size: number;
  readonly mark: Mark | null;
  /** The worst of its changes; null without any. */
  readonly risk: RiskClass | null;
}

/** An arrow: what goes from one box to another. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: Flow["kind"];
  /** Names, sorted. */
  readonly messages: readonly string[];
  readonly mark: Mark | null;
}

/** A picture before it is drawn: plain data. */
export interface Graph {
  readonly domain: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}
