import type { Removal } from "../postgres/model";
import * as kafka from "@pulumi/kafka";
import type * as pulumi from "@pulumi/pulumi";
import * as rabbitmq from "@pulumi/rabbitmq";
import { leanTable } from "../postgres/defaults";
import { writtenArguments } from "../topology/queue-arguments";
import type { RabbitmqQueue, Resource, ResourceKind } from "../topology/types";
import {
  Function,
  Grants,
  Publication,
  Role,
  Schema,
  Sequence,
  Table,
  type FunctionArgs,
  type GrantsArgs,
  type PublicationArgs,
  type RoleArgs,
  type SchemaArgs,
  type SequenceArgs,
  type TableArgs,
} from "./postgres";

/** What a row may read besides the resource itself. */
export interface Surroundings {
  /** Who declares the tables: the domain's name. */
  readonly declaredBy: string;
  /** RabbitMQ's virtual host. */
  readonly vhost: pulumi.Input<string>;
  /** The name of a resource that was created before, as an output of it: what refers to it is then replaced with it. */
  readonly nameOf: (key: string) => pulumi.Output<string>;
}

/** Resource options that follow from the resource itself. */
export type RowOptions = Pick<pulumi.CustomResourceOptions, "deleteBeforeReplace" | "protect" | "retainOnDelete">;

/** How one kind of resource is created. */
export interface Row<R extends Resource> {
  /** Pulumi's type token. */
  readonly type: string;
  readonly args: (resource: R, around: Surroundings) => pulumi.Inputs;
  readonly create: (name: string, args: pulumi.Inputs, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;
  readonly options: (resource: R) => RowOptions;
  /** Keys of the resources whose replacement replaces this one too. */
  readonly replacedWith: (resource: R) => readonly string[];
}

/** What holds messages is neither deleted nor replaced; names are ours, so a replacement has to go before its successor comes. */
const broker = {
  options: ({ protect }: Resource): RowOptions => ({
    deleteBeforeReplace: true,
    ...(protect ? { protect: true, retainOnDelete: true } : {}),
  }),
  replacedWith: (): readonly string[] => [],
};

const postgres = {
  options: (): RowOptions => ({}),
  replacedWith: (): readonly string[] => [],
};

/** `removal` in the engine's words, so that a preview already says what a removal would do. */
export const REMOVAL: Readonly<Record<Removal, RowOptions>> = {
  refuse: { protect: true },
  forget: { retainOnDelete: true },
  retire: {},
  "drop-if-empty": {},
};

function frozen(queue: RabbitmqQueue): pulumi.Inputs {
  const { as, value } = writtenArguments(queue.arguments);
  return as === "json" ? { argumentsJson: value } : { arguments: value };
}

/** One row for each kind of resource: its type, its arguments in the provider's own words, and how it is created. */
export const rows: { readonly [K in ResourceKind]: Row<Extract<Resource, { kind: K }>> } = {
  "kafka-topic": {
    ...broker,
    type: "kafka:index/topic:Topic",
    args: ({ name, partitions, replicationFactor, config }) => ({ name, partitions, replicationFactor, config }),
    create: (name, args, opts) => new kafka.Topic(name, args as kafka.TopicArgs, opts),
  },
  "rabbitmq-exchange": {
    ...broker,
    type: "rabbitmq:index/exchange:Exchange",
    args: ({ name, type }, { vhost }) => ({ name, vhost, settings: { type, durable: true, autoDelete: false } }),
    create: (name, args, opts) => new rabbitmq.Exchange(name, args as rabbitmq.ExchangeArgs, opts),
  },
  "rabbitmq-queue": {
    ...broker,
    type: "rabbitmq:index/queue:Queue",
    args: (queue, { vhost }) => ({
      name: queue.name,
      vhost,
      settings: { durable: true, autoDelete: false, ...frozen(queue) },
    }),
    create: (name, args, opts) => new rabbitmq.Queue(name, args as rabbitmq.QueueArgs, opts),
  },
  "rabbitmq-policy": {
    ...broker,
    type: "rabbitmq:index/policy:Policy",
    args: ({ name, pattern, priority, applyTo, definition }, { vhost }) => ({
      name,
      vhost,
      policy: { pattern, priority, applyTo, definition },
    }),
    create: (name, args, opts) => new rabbitmq.Policy(name, args as rabbitmq.PolicyArgs, opts),
  },
  "rabbitmq-binding": {
    ...broker,
    type: "rabbitmq:index/binding:Binding",
    args: ({ sourceKey, destinationKey, routingKey }, { vhost, nameOf }) => ({
      vhost,
      source: nameOf(sourceKey),
      destination: nameOf(destinationKey),
      destinationType: "queue",
      routingKey,
    }),
    create: (name, args, opts) => new rabbitmq.Binding(name, args as rabbitmq.BindingArgs, opts),
    // the server drops a binding with its queue and says nothing
    replacedWith: ({ destinationKey }) => [destinationKey],
  },
  "postgres-schema": {
    ...postgres,
    type: "eventloom:postgres:Schema",
    args: ({ definition }, { declaredBy }) => ({ ...definition, declaredBy }),
    create: (name, args, opts) => new Schema(name, args as SchemaArgs, opts),
  },
  "postgres-sequence": {
    ...postgres,
    type: "eventloom:postgres:Sequence",
    args: ({ definition }, { declaredBy }) => ({ ...definition, declaredBy }),
    create: (name, args, opts) => new Sequence(name, args as SequenceArgs, opts),
  },
  "postgres-function": {
    ...postgres,
    type: "eventloom:postgres:Function",
    args: ({ definition }, { declaredBy }) => ({ ...definition, declaredBy }),
    create: (name, args, opts) => new Function(name, args as FunctionArgs, opts),
  },
  "postgres-table": {
    ...postgres,
    type: "eventloom:postgres:Table",
    args: ({ definition, removal, accept }, { declaredBy }) => ({
      ...{ ...leanTable(definition), declaredBy, removal },
      ...(accept === undefined ? {} : { accept }),
    }),
    create: (name, args, opts) => new Table(name, args as TableArgs, opts),
    options: ({ removal }) => REMOVAL[removal],
  },
  "postgres-role": {
    ...postgres,
    type: "eventloom:postgres:Role",
    args: ({ definition }, { declaredBy }) => ({ ...definition, declaredBy }),
    create: (name, args, opts) => new Role(name, args as RoleArgs, opts),
  },
  "postgres-grants": {
    ...postgres,
    type: "eventloom:postgres:Grants",
    args: ({ definition }) => ({ ...definition }),
    create: (name, args, opts) => new Grants(name, args as GrantsArgs, opts),
  },
  "postgres-publication": {
    ...postgres,
    type: "eventloom:postgres:Publication",
    args: ({ definition, accept }, { declaredBy }) => ({
      ...{ ...definition, declaredBy },
      ...(accept === undefined ? {} : { accept }),
    }),
    create: (name, args, opts) => new Publication(name, args as PublicationArgs, opts),
  },
};
