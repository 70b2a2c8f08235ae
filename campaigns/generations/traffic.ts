import { setTimeout as sleep } from "node:timers/promises";
import type { ConsumerAddress } from "eventloom";
import type { Connections } from "../../examples/orders/services/connections";
import { receive } from "../../examples/orders/services/consumer";
import { headersOf, type WrittenEvent } from "../../examples/orders/services/event-message";
import { openProducer } from "../../examples/orders/services/kafka";
import { Lifetime, type Service } from "../../examples/orders/services/lifetime";
import { Rabbitmq } from "../../examples/orders/services/rabbitmq";
import type { Ledger, Published } from "./ledger";

/** Where an event goes. */
export interface Ways {
  readonly topic: string;
  readonly exchange: string;
  readonly routingKey: string;
}

const KEYS = 20;
/** One key in so many has messages that fail at first. */
const FAILING_KEY = 10;
const BATCH = 2;
const PAUSE_MS = 40;

/** The only producer, as the relay is: what it has confirmed is published, in the order of the numbers. */
export class Relay {
  readonly #connections: Connections;
  readonly #ledger: Ledger;
  #number = 0;
  #last: readonly WrittenEvent[] = [];
  #service: Service | null = null;

  constructor(connections: Connections, ledger: Ledger) {
    this.#connections = connections;
    this.#ledger = ledger;
  }

  /** Begins with the last batch of the one before, as a relay does that ended between sending and its checkpoint. */
  async start({ topic, exchange, routingKey }: Ways): Promise<void> {
    this.#service = await Lifetime.open(async (life) => {
      const rabbitmq = await Rabbitmq.open(life, this.#connections.rabbitmq.url);
      const producer = await openProducer(life, this.#connections.kafka.bootstrapServers, "relay");
      const send = async (events: readonly WrittenEvent[]): Promise<void> => {
        const messages = events.map((each) => ({ topic, key: each.aggregateId, value: JSON.stringify(each.payload), headers: headersOf(each) })); // prettier-ignore
        if (messages.length > 0) await producer.send({ messages });
        const publish = (each: WrittenEvent): Promise<void> => rabbitmq.publish({ exchange, routingKey, messageId: each.id, type: each.type, headers: headersOf(each), body: each.payload }); // prettier-ignore
        await Promise.all(events.map(publish));
      };
      life.run(async () => {
        await send(this.#last);
        while (!life.stopped) {
          await send((this.#last = this.#next()));
          await life.sleep(PAUSE_MS);
        }
      });
    });
  }

  async stop(): Promise<void> {
    await this.#service?.stop();
    await this.#service?.done;
  }

  #next(): readonly WrittenEvent[] {
    return Array.from({ length: BATCH }, () => {
      const number = this.#number++;
      const [which, seq] = [number % KEYS, Math.floor(number / KEYS) + 1];
      const message: Published = { id: `message-${number}`, key: `key-${which}`, seq, fails: which % FAILING_KEY === 0 && seq % 4 === 0 }; // prettier-ignore
      this.#ledger.publish(message);
      const payload = { orderId: message.key, number, seq };
      return { id: message.id, type: "OrderPaid", aggregateId: message.key, aggregateVersion: seq, schemaVersion: 1, occurredAt: new Date().toISOString(), payload } as const; // prettier-ignore
    });
  }
}

/** Instances of one service, which go over to new addresses one after the other while the others go on. */
export class Instances {
  readonly #connections: Connections;
  readonly #ledger: Ledger;
  readonly #running: Instance[] = [];
  /** How long each message takes. */
  slowness = 0;
  /** How often an instance has ended by itself. */
  restarted = 0;

  constructor(connections: Connections, ledger: Ledger) {
    this.#connections = connections;
    this.#ledger = ledger;
  }

  async start(address: ConsumerAddress, amount: number): Promise<void> {
    for (let each = 0; each < amount; each++) await this.#start(address);
  }

  async replace(address: ConsumerAddress): Promise<void> {
    for (const old of this.#running.splice(0)) {
      await old.stop();
      await this.#start(address);
    }
  }

  async stop(): Promise<void> {
    for (const each of this.#running.splice(0)) await each.stop();
  }

  async #start(address: ConsumerAddress): Promise<void> {
    const instance = new Instance(
      () => this.#open(address),
      () => this.restarted++,
    );
    this.#running.push(instance);
    await instance.start();
  }

  #open(address: ConsumerAddress): Promise<Service> {
    return Lifetime.open((life) =>
      receive(life, this.#connections, address, async ({ id }) => {
        if (this.slowness > 0) await sleep(this.slowness);
        this.#ledger.take(address.name, id);
      }),
    );
  }
}

/** A service that is started again when it ends by itself, as whatever runs services does. */
class Instance {
  readonly #open: () => Promise<Service>;
  readonly #onEnd: () => void;
  #service: Promise<Service> | null = null;
  #stopped = false;

  constructor(open: () => Promise<Service>, onEnd: () => void) {
    this.#open = open;
    this.#onEnd = onEnd;
  }

  async start(): Promise<void> {
    this.#service = this.#open();
    const { done } = await this.#service;
    done.catch(() => {
      if (this.#stopped) return;
      this.#onEnd();
      // what cannot be opened again is reported by whoever stops it
      this.start().catch(() => undefined);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await (await this.#service)?.stop();
  }
}
