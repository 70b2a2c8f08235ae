import type { DomainDefinition } from "../domain/definition";
import { eventInKeys, projectionId, workQueueId } from "./generation";
import { consumersVia } from "./names";
import type { Contract, Flow } from "./types";

/** Who sends what to whom. The store's relay is the only producer of events. */
export function flowsOf(domain: DomainDefinition): readonly Flow[] {
  return [...toConsumers(domain), ...toProjections(domain), ...ofSagas(domain)];
}

function toConsumers(domain: DomainDefinition): readonly Flow[] {
  const kafka = consumersVia(domain, "kafka").flatMap((consumer) =>
    consumer.on.map((event): Flow => {
      const through = [`topic/${eventInKeys(domain, event)}`];
      return { message: event, kind: "event", from: "relay", to: `consumer/${consumer.name}`, via: "kafka", through };
    }),
  );
  const rabbitmq = consumersVia(domain, "rabbitmq").flatMap((consumer) =>
    consumer.on.map((event): Flow => {
      const id = workQueueId(domain, "consumer", consumer.name);
      const through = ["exchange/events", `binding/${id}/event/${event}`, `queue/${id}`];
      const to = `consumer/${consumer.name}`;
      return { message: event, kind: "event", from: "relay", to, via: "rabbitmq", through };
    }),
  );
  return [...kafka, ...rabbitmq];
}

function toProjections(domain: DomainDefinition): readonly Flow[] {
  return Object.values(domain.projections).flatMap((projection) =>
    projection.from.map((event): Flow => {
      const through = ["table/event_store", projectionId(projection)];
      return {
        message: event,
        kind: "event",
        from: "store",
        to: `projection/${projection.name}`,
        via: "store",
        through,
      };
    }),
  );
}

function ofSagas(domain: DomainDefinition): readonly Flow[] {
  return Object.values(domain.sagas).flatMap((saga) => {
    const id = `saga/${saga.name}`;
    const started: Flow = {
      message: saga.startedBy,
      kind: "event",
      from: "store",
      to: id,
      via: "store",
      through: ["table/event_store"],
    };
    const sent = [
      ...new Set(saga.steps.flatMap((step) => (step.compensate ? [step.command, step.compensate] : [step.command]))),
    ];
    const commands = sent.map((command) => commandFlow(domain, id, command));
    const replies = sent.flatMap((command) => replyFlows(domain, saga.name, command));
    return [started, ...commands, ...replies];
  });
}

function commandFlow(domain: DomainDefinition, from: string, command: string): Flow {
  const service = domain.commands[command]?.handledBy ?? "";
  const queue = workQueueId(domain, "handler", service);
  const through = ["table/outbox", "exchange/commands", `binding/${queue}/command/${command}`, `queue/${queue}`];
  return { message: command, kind: "command", from, to: `handler/${service}`, via: "rabbitmq", through };
}

function replyFlows(domain: DomainDefinition, saga: string, command: string): readonly Flow[] {
  const { handledBy, replies } = domain.commands[command] ?? { handledBy: "", replies: [] };
  const queue = workQueueId(domain, "saga", saga);
  const through = ["exchange/replies", `binding/${queue}/replies`, `queue/${queue}`];
  return replies.map((reply): Flow => {
    const [from, to] = [`handler/${handledBy}`, `saga/${saga}`];
    return { message: reply, kind: "reply", from, to, via: "rabbitmq", through };
  });
}

/** Every published schema: each version of each event, and each command. */
export function contractsOf(domain: DomainDefinition): readonly Contract[] {
  const events = Object.values(domain.events).flatMap((event) =>
    event.versions.map((each): Contract => ({
      kind: "event",
      name: event.name,
      version: each.version,
      schema: each.schema,
      upcast: each.upcast !== null,
    })),
  );
  const commands = Object.values(domain.commands).map((each): Contract => ({
    kind: "command",
    name: each.name,
    version: 1,
    schema: each.schema,
    upcast: false,
  }));
  return [...events, ...commands];
}
