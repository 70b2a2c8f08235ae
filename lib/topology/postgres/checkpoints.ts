import { bareName } from "../../postgres/bare-name";
import type { ArgumentModel, FunctionModel } from "../../postgres/model";
import { given } from "./define-function";
import { processorLock } from "./store-locks";
import { defineForRoles, optional, type StoreFunction } from "./store-function";

export function checkpointFunctions(schema: string): readonly StoreFunction[] {
  const definitions = [claimCheckpoint(schema), moveCheckpoint(schema), releaseCheckpoint(schema)];
  return definitions.map((definition) => ({
    definition,
    roles: ["projector", "relay"],
    tables: ["checkpoints"],
  }));
}

const WHICH: readonly ArgumentModel[] = [
  given("p_processor", "text"),
  given("p_shard", "smallint"),
  given("p_generation", "integer"),
];
const ROW = "k.processor = p_processor AND k.shard = p_shard AND k.generation = p_generation";

/** A generation that was never started, or is over. */
const NOT_AT_WORK = `RAISE EXCEPTION 'generation % of % is not at work', p_generation, p_processor USING ERRCODE = 'ES033',
      HINT = 'Claim the generation that runs; start_generation makes the next one.';`;

function claimCheckpoint(schema: string): FunctionModel {
  const s = bareName(schema);
  return defineForRoles(schema, "claim_checkpoint", {
    comment:
      "Makes an owner the only one that moves a checkpoint, until the lease ends or is renewed by claiming again; gives the place that the processor has come to. The first claim of a processor makes its generation, whichever is claimed: a new environment begins with the newest. " +
      "SQLSTATE ES030 another owner has it (DETAIL: until when), ES033 the generation is not at work, 22023 without an owner or a lease.",
    arguments: [...WHICH, given("p_owner", "text"), given("p_lease", "interval")],
    returns: `${s}.checkpoints`,
    body: `DECLARE
  found_one ${s}.checkpoints%ROWTYPE;
BEGIN
  IF coalesce(p_owner, '') = '' OR coalesce(p_lease, '0') <= '0' THEN
    RAISE EXCEPTION 'a checkpoint is claimed by an owner for some time' USING ERRCODE = '22023',
      HINT = 'Give an owner that no other process has, and a lease such as 10 seconds.';
  END IF;
  SELECT * INTO found_one FROM ${s}.checkpoints k WHERE ${ROW} FOR UPDATE;
  IF NOT FOUND THEN
    ${firstClaim(s)}
    SELECT * INTO found_one FROM ${s}.checkpoints k WHERE ${ROW} FOR UPDATE;
  END IF;
  IF NOT FOUND OR found_one.status = 'retired' THEN
    ${NOT_AT_WORK}
  END IF;
  IF found_one.owner <> p_owner AND found_one.lease_until > clock_timestamp() THEN
    RAISE EXCEPTION 'the checkpoint of % is held by %', p_processor, found_one.owner
      USING ERRCODE = 'ES030', DETAIL = found_one.lease_until::text, HINT = 'Try again when the lease has ended.';
  END IF;
  UPDATE ${s}.checkpoints k SET owner = p_owner, lease_until = clock_timestamp() + p_lease WHERE ${ROW} RETURNING * INTO found_one;
  RETURN found_one;
END`,
  });
}

/** Not where the processor has other generations: a service of yesterday would begin again at the start. */
function firstClaim(s: string): string {
  return `PERFORM pg_advisory_xact_lock(${processorLock("p_processor")});
    INSERT INTO ${s}.checkpoints (processor, shard, generation, status)
    SELECT p_processor, p_shard, p_generation, made.status
      FROM (SELECT k.status FROM ${s}.checkpoints k
             WHERE k.processor = p_processor AND k.generation = p_generation AND k.status <> 'retired'
             UNION
            SELECT 'running' WHERE p_generation > 0
               AND NOT EXISTS (SELECT FROM ${s}.checkpoints k WHERE k.processor = p_processor)) made
    ON CONFLICT DO NOTHING;`;
}

/** Whose it is and where it is stands in its row: what is decided by the row needs no clock. */
function moveCheckpoint(schema: string): FunctionModel {
  const s = bareName(schema);
  return defineForRoles(schema, "move_checkpoint", {
    comment:
      "Moves a checkpoint from the place that was read from, in the transaction that handles what was read, and renews the lease by p_lease where that is given. A lease that has ended is still good as long as nobody else has claimed. Roll back on a refusal: " +
      "SQLSTATE ES031 it is at another place (DETAIL: epoch, transaction id, position), ES032 it is another owner's, ES033 the generation is not at work, 22023 backwards.",
    arguments: [
      ...WHICH,
      given("p_owner", "text"),
      given("p_from_epoch", "smallint"),
      given("p_from_transaction_id", "xid8"),
      given("p_from_position", "bigint"),
      given("p_to_epoch", "smallint"),
      given("p_to_transaction_id", "xid8"),
      given("p_to_position", "bigint"),
      optional("p_lease", "interval", "NULL::interval"),
    ],
    returns: "void",
    body: `DECLARE
  found_one ${s}.checkpoints%ROWTYPE;
BEGIN
  IF (p_to_epoch, p_to_transaction_id, p_to_position) < (p_from_epoch, p_from_transaction_id, p_from_position) THEN
    RAISE EXCEPTION 'a checkpoint never moves back' USING ERRCODE = '22023',
      HINT = 'To handle events again, start_generation and rebuild beside what runs.';
  END IF;
  UPDATE ${s}.checkpoints k
     SET epoch = p_to_epoch, transaction_id = p_to_transaction_id, global_position = p_to_position, updated_at = now(),
         lease_until = coalesce(clock_timestamp() + p_lease, k.lease_until)
   WHERE ${ROW} AND k.owner = p_owner AND k.status <> 'retired'
     AND (k.epoch, k.transaction_id, k.global_position) = (p_from_epoch, p_from_transaction_id, p_from_position);
  IF FOUND THEN
    RETURN;
  END IF;
  ${whyNotMoved(s)}
END`,
  });
}

/** Comes where no row was the one that was meant. */
function whyNotMoved(s: string): string {
  return `SELECT * INTO found_one FROM ${s}.checkpoints k WHERE ${ROW};
  IF NOT FOUND OR found_one.status = 'retired' THEN
    ${NOT_AT_WORK}
  END IF;
  IF p_owner IS NULL OR found_one.owner IS DISTINCT FROM p_owner THEN
    RAISE EXCEPTION 'the checkpoint of % is held by %, not by %', p_processor, coalesce(found_one.owner, 'nobody'), p_owner
      USING ERRCODE = 'ES032', HINT = 'Roll back, and claim it again.';
  END IF;
  RAISE EXCEPTION 'the checkpoint of % is at another place', p_processor USING ERRCODE = 'ES031',
    DETAIL = format('%s %s %s', found_one.epoch, found_one.transaction_id, found_one.global_position),
    HINT = 'Roll back, and read from the place that claim_checkpoint gives.';`;
}

function releaseCheckpoint(schema: string): FunctionModel {
  return defineForRoles(schema, "release_checkpoint", {
    comment:
      "For a processor that stops: others need not wait for the end of its lease. Returns false where it has lost it already.",
    arguments: [...WHICH, given("p_owner", "text")],
    returns: "boolean",
    body: `BEGIN
  UPDATE ${bareName(schema)}.checkpoints k SET owner = NULL, lease_until = NULL WHERE ${ROW} AND k.owner = p_owner;
  RETURN FOUND;
END`,
  });
}
