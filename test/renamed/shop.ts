import {
  addresses,
  command,
  compile,
  defineDomain,
  type DeclarationError,
  event,
  jsonSchema,
  type Topology,
} from "eventloom";

const payload = jsonSchema<{ orderId: string }>({
  type: "object",
  properties: { orderId: { type: "string" } },
  required: ["orderId"],
});

/** All names that each thing of the shop has had, the one of now last. */
export interface Histories {
  readonly aggregate: readonly string[];
  readonly paid: readonly string[];
  readonly lost: readonly string[];
  readonly reserve: readonly string[];
  readonly queued: readonly string[];
  readonly streamed: readonly string[];
  readonly totals: readonly string[];
  readonly fulfilment: readonly string[];
}
export type Thing = keyof Histories;

export const FIRST: Histories = {
  aggregate: ["Order"],
  paid: ["OrderPaid"],
  lost: ["OrderLost"],
  reserve: ["Reserve"],
  queued: ["billing"],
  streamed: ["analytics"],
  totals: ["totals"],
  fulfilment: ["Fulfilment"],
};
export const THINGS = Object.keys(FIRST) as Thing[];

/** A thing of every kind; its domain is named after its aggregate, whose name topics leave out. */
export function shop(changed: Partial<Histories> = {}, extra: (declaration: Declaration) => object = () => ({})) {
  const histories = { ...FIRST, ...changed };
  const now = (thing: Thing): string => histories[thing].at(-1) ?? "";
  const former = (thing: Thing): { renamedFrom?: readonly string[] } =>
    histories[thing].length > 1 ? { renamedFrom: histories[thing].slice(0, -1) } : {};
  const declaration = {
    aggregates: {
      [now("aggregate")]: {
        id: "orderId",
        ...former("aggregate"),
        events: {
          [now("paid")]: event({ versions: { 1: payload }, ...former("paid") }),
          [now("lost")]: event({ versions: { 1: payload }, ...former("lost") }),
        },
      },
    },
    commands: {
      [now("reserve")]: command({ handledBy: "stock", schema: payload, replies: ["Reserved"], ...former("reserve") }),
    },
    consumers: {
      [now("queued")]: { on: [now("paid"), now("lost")], via: "rabbitmq", ...former("queued") },
      [now("streamed")]: { on: [now("paid")], via: "kafka", needs: "30 days", ...former("streamed") },
    },
    projections: {
      [now("totals")]: { from: [now("paid")], table: { columns: { id: { type: "text" } } }, ...former("totals") },
    },
    sagas: {
      [now("fulfilment")]: {
        startedBy: now("paid"),
        steps: [{ command: now("reserve"), success: "Reserved", compensate: "none" }],
        ...former("fulfilment"),
      },
    },
    retry: { maxRetries: 1 },
  };
  return defineDomain("orders", { ...declaration, ...extra(declaration) } as never);
}
/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests put in what types forbid */
type Declaration = Record<string, any>;

export function compiled(changed: Partial<Histories> = {}): Topology {
  return compile(shop(changed));
}

/** Every address, whatever the names. */
export function addressesOf(
  changed: Partial<Histories>,
): ReturnType<typeof addresses<string, object, object, string, object, string>> {
  return addresses(shop(changed)) as never;
}

export function issuesOf(make: () => unknown): readonly string[] {
  try {
    make();
    return [];
  } catch (error) {
    return (error as DeclarationError).issues.map(({ code, path }) => `${code} ${path}`);
  }
}

/** Kind and physical name of everything, sorted. */
export function physicalNames({ resources }: Topology): readonly string[] {
  return resources.map(({ key: _, part: _part, path: _path, dependsOn: _needs, ...rest }) => {
    const own = rest.kind === "rabbitmq-binding" ? { ...rest, sourceKey: "", destinationKey: "" } : rest;
    // a place in the declaration is no setting of a topic
    return JSON.stringify("causes" in own ? { ...own, causes: {} } : own);
  });
}
