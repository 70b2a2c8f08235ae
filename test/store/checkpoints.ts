import type { Client } from "pg";
import { rows, value } from "./store-database";

/** epoch, transaction id, position */
export type Place = readonly [number, string, string];
export const START: Place = [0, "0", "0"];
export const at = (n: number): Place => [0, "100", String(n)];

/** Which checkpoint of a processor, for how long, and over which connection. */
export interface Which {
  readonly by?: Client;
  readonly shard?: number;
  readonly generation?: number;
  readonly lease?: string | null;
}

/** The functions on checkpoints; shard 0 of generation 1 unless said. */
export class Checkpoints {
  static #processors = 0;

  constructor(private readonly client: Client) {}

  /** A processor that nobody has claimed. */
  readonly fresh = (): string => `processor-${Checkpoints.#processors++}`;

  readonly claim = async (
    processor: string | null,
    owner: string | null,
    { by = this.client, shard = 0, generation = 1, lease = "1 minute" }: Which = {},
  ): Promise<Place> => {
    const [row] = await rows<{ epoch: number; transaction_id: string; global_position: string }>(
      by,
      "SELECT * FROM orders.claim_checkpoint($1, $2::smallint, $3, $4, $5)",
      ...[processor, shard, generation, owner, lease],
    );
    return [Number(row?.epoch), String(row?.transaction_id), String(row?.global_position)];
  };

  readonly move = (
    processor: string,
    owner: string | null,
    from: Place,
    to: Place,
    { by = this.client, shard = 0, generation = 1, lease = null }: Which = {},
  ): Promise<unknown> =>
    value(
      by,
      "SELECT orders.move_checkpoint($1, $2::smallint, $3, $4, $5::smallint, $6, $7, $8::smallint, $9, $10, $11)",
      ...[processor, shard, generation, owner, ...from, ...to, lease],
    );
}
