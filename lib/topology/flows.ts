import type { DomainDefinition } from "../domain/definition";
import { consumersVia } from "./names";
import type { Contract, Flow } from "./types";

/** Who sends what to whom. The store's relay is the only producer of events. */
export function flowsOf(domain: DomainDefinition): readonly Flow[] {
  return [...toConsumers(domain), ...toProjections(domain), ...ofSagas(domain)];
}

function toConsumers(domain: DomainDefinition): readonly Flow[] {
  const kafka = consumersVia(domain, "kafka").flatMap((consumer) =>
    consumer.on.map((event): Flow => {
      const through = [`topic/${event}`];
      return { message: event, kind: "event", from: "relay", to: `consumer/${consumer.name}`, via: "kafka", through };
    }),
  );
  const rabbitmq = consumersVia(domain, "rabbitmq").flatMap((consumer) =>
    consumer.on.map((event): Flow => {
      const id = `consumer/${consumer.name}`;
      const through = ["exchange/events", `binding/${id}/event/${event}`, `queue/${id}`];
      return { message: event, kind: "event", from: "relay", to: id, via: "rabbitmq", through };
    }),
  );
  return [...kafka, ...rabbitmq];
}

function toProjections(domain: DomainDefinition): readonly Flow[] {
  return Object.values(domain.projections).flatMap((projection) =>
    projection.from.map((event): Flow => {
      const through = ["table/event_store", `projection/${projection.name}`];
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
    const commands = sent.map((command): Flow => {
      const handler = `handler/${domain.commands[command]?.handledBy ?? ""}`;
      const through = [
        "table/outbox",
        "exchange/commands",
        `binding/${handler}/command/${command}`,
        `queue/${handler}`,
      ];
      return { message: command, kind: "command", from: id, to: handler, via: "rabbitmq", through };
    });
    const replies = sent.flatMap((command) => {
      const { handledBy, replies: all } = domain.commands[command] ?? { handledBy: "", replies: [] };
      const through = ["exchange/replies", `binding/${id}/replies`, `queue/${id}`];
      return all.map((reply): Flow => ({
        message: reply,
        kind: "reply",
        from: `handler/${handledBy}`,
        to: id,
        via: "rabbitmq",
        through,
      }));
    });
    return [started, ...commands, ...replies];
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
