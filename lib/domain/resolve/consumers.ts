import { isExpression } from "../../postgres/normalise";
import { COLUMN_TYPES } from "../projection-input";
import type {
  Broker,
  ColumnDefinition,
  CommandDefinition,
  ConsumerDefinition,
  EventDefinition,
  ProjectionDefinition,
  SagaDefinition,
  StepDefinition,
} from "../definition";
import { TOPIC_RETENTION } from "./events";
import { GENERATION, QUEUE_OWNER, readQueue, refuseQueue } from "./queues";
import { type DurationRange, isRecord, type Reader } from "./reader";
import { readRenamedFrom } from "./renamed";
import { checkRenamedColumns, COLUMN_NAME } from "./renamed-columns";
import { checkParking, readRetry, resolveRetry, type RetryParts } from "./retry";

/** What the sections that refer to others are read against. */
export interface Surroundings {
  readonly events: Readonly<Record<string, EventDefinition>>;
  readonly commands: Readonly<Record<string, CommandDefinition>>;
  readonly brokers: readonly Broker[];
  readonly hasStore: boolean;
  readonly retry: RetryParts;
}

export function needBroker(reader: Reader, broker: Broker, around: Surroundings): void {
  if (!around.brokers.includes(broker))
    reader.add("ED143", { detail: broker, allowed: `brokers: ${around.brokers.join(", ")}` });
}

function needStore(reader: Reader, around: Surroundings): void {
  if (!around.hasStore) reader.add("ED142");
}

export function readConsumers(reader: Reader, around: Surroundings): Record<string, ConsumerDefinition> {
  const consumers: Record<string, ConsumerDefinition> = {};
  for (const [name, each] of reader.named()) {
    if (!each.isObjectOf(["on", "via", "needs", "retry", "renamedFrom", ...QUEUE_OWNER], false)) continue;
    const via = each
      .at("via")
      .oneOf<Broker>(["kafka", "rabbitmq"], around.brokers.includes("kafka") ? "kafka" : "rabbitmq");
    needBroker(each.at("via"), via, around);
    const needs = each.at("needs");
    if (via !== "kafka" && !needs.absent) {
      needs.add("ED103", { detail: "a queue keeps no history", fix: 'remove it, or consume via: "kafka"' });
    }
    if (via !== "rabbitmq") refuseQueue(each);
    const parts = readRetry(each.at("retry"), around.retry);
    checkParking(parts, via);
    consumers[name] = {
      name,
      renamedFrom: readRenamedFrom(each),
      on: each.at("on").references("ED110", Object.keys(around.events)),
      via,
      needsMs: needs.absent ? null : needs.duration(TOPIC_RETENTION, TOPIC_RETENTION.min),
      retry: resolveRetry(parts),
      queue: readQueue(each),
    };
  }
  return consumers;
}

export function readProjections(reader: Reader, around: Surroundings): Record<string, ProjectionDefinition> {
  const projections: Record<string, ProjectionDefinition> = {};
  for (const [name, each] of reader.named()) {
    needStore(each, around);
    if (!each.isObjectOf(["from", "table", "renamedFrom", "generation"], false)) continue;
    const from = each.at("from").references("ED110", Object.keys(around.events));
    const table = each.at("table");
    if (!table.isObjectOf(["columns", "key", "indexes", "removal"], false)) continue;
    const columns = readColumns(table.at("columns"));
    const names = columns.map((column) => column.name);
    const key = table.at("key").absent ? names.slice(0, 1) : table.at("key").references("ED140", names);
    checkRenamedColumns(table.at("columns"), columns, key);
    projections[name] = {
      name,
      renamedFrom: readRenamedFrom(each),
      from,
      columns,
      key,
      indexes: readIndexes(table.at("indexes"), names),
      removal: table.at("removal").oneOf(["refuse", "forget", "drop-if-empty"], "refuse"),
      generation: each.at("generation").number(GENERATION, 1),
    };
  }
  return projections;
}

function readColumns(reader: Reader): readonly ColumnDefinition[] {
  if (!isRecord(reader.value) || Object.keys(reader.value).length === 0) {
    reader.add(reader.absent ? "ED104" : isRecord(reader.value) ? "ED114" : "ED105");
    return [];
  }
  return Object.keys(reader.value).map((name) => {
    const column = reader.at(name);
    if (!COLUMN_NAME.test(name))
      column.add("ED101", {
        received: name,
        allowed: "small letters, digits and _, at most 63",
        fix: "write it in snake_case",
      });
    column.isObjectOf(["type", "nullable", "default", "renamedFrom"], false);
    if (column.at("type").absent) column.at("type").add("ED104", { allowed: COLUMN_TYPES });
    return {
      name,
      type: column.at("type").oneOf(COLUMN_TYPES, "text"),
      nullable: column.at("nullable").boolean(false),
      default: readDefault(column.at("default")),
      renamedFrom: column.at("renamedFrom").text(),
    };
  });
}

function readDefault(reader: Reader): string | null {
  const expression = reader.text();
  if (expression !== null && !isExpression(expression)) reader.add("ED123", { received: expression });
  return expression;
}

/** Two alike would have one name, and the second would be of no use. */
function readIndexes(reader: Reader, columns: readonly string[]): ProjectionDefinition["indexes"] {
  const seen = new Set<string>();
  return reader.list({ atLeastOne: false }).map((each) => {
    const index = readIndex(each, columns);
    const text = JSON.stringify(index);
    if (seen.has(text)) each.add("ED115", { received: index.columns.join(", ") });
    seen.add(text);
    return index;
  });
}

function readIndex(reader: Reader, columns: readonly string[]): ProjectionDefinition["indexes"][number] {
  if (!reader.isObjectOf(["columns", "unique"], false)) return { columns: [], unique: false };
  return { columns: reader.at("columns").references("ED140", columns), unique: reader.at("unique").boolean(false) };
}

const STEP_TIMEOUT: DurationRange = { min: 1_000, max: 365 * 86_400_000, words: "1 second to 365 days" };

export function readSagas(reader: Reader, around: Surroundings): Record<string, SagaDefinition> {
  const sagas: Record<string, SagaDefinition> = {};
  for (const [name, each] of reader.named()) {
    needStore(each, around);
    needBroker(each, "rabbitmq", around);
    if (!each.isObjectOf(["startedBy", "steps", "retry", "renamedFrom", ...QUEUE_OWNER], false)) continue;
    const parts = readRetry(each.at("retry"), around.retry);
    checkParking(parts, "rabbitmq");
    sagas[name] = {
      name,
      renamedFrom: readRenamedFrom(each),
      startedBy: each.at("startedBy").reference("ED110", Object.keys(around.events)) ?? "",
      steps: each
        .at("steps")
        .list({ atLeastOne: true })
        .map((step) => readStep(step, around.commands)),
      retry: resolveRetry(parts),
      queue: readQueue(each),
    };
  }
  return sagas;
}

function readStep(reader: Reader, commands: Surroundings["commands"]): StepDefinition {
  const known = ["command", "success", "failure", "compensate", "timeout"];
  if (!reader.isObjectOf(known, false))
    return { command: "", success: "", failure: null, compensate: null, timeoutMs: null };
  const command = reader.at("command").reference("ED111", Object.keys(commands));
  const replies = command === undefined ? undefined : (commands[command]?.replies ?? []);
  const reply = (at: Reader): string => (replies ? (at.reference("ED112", replies) ?? "") : String(at.value));
  const success = reply(reader.at("success"));
  const failure = reader.at("failure").absent ? null : reply(reader.at("failure"));
  if (failure !== null && failure === success && success !== "")
    reader.at("failure").add("ED132", { received: failure });
  return {
    command: command ?? "",
    success,
    failure,
    compensate: readCompensation(reader.at("compensate"), command, Object.keys(commands)),
    timeoutMs: reader.at("timeout").absent ? null : reader.at("timeout").duration(STEP_TIMEOUT, STEP_TIMEOUT.min),
  };
}

function readCompensation(reader: Reader, own: string | undefined, commands: readonly string[]): string | null {
  if (reader.absent) {
    reader.add("ED130", { allowed: ["none", ...commands] });
    return null;
  }
  if (reader.value === "none") return null;
  const compensation = reader.reference("ED111", ["none", ...commands]);
  if (compensation !== undefined && compensation === own) reader.add("ED131", { received: compensation });
  return compensation ?? null;
}
