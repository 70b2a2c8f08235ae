import { bareName } from "../../postgres/bare-name";
import type { FunctionModel } from "../../postgres/model";
import { given } from "./define-function";
import { processorLock } from "./store-locks";
import { defineForRoles, type StoreFunction } from "./store-function";

/**
 * A read model is rebuilt beside the one that is in use: rebuilding, then running, then retired. A generation's number is in the
 * service that builds it, so each function may be called again with it.
 */
export function generationFunctions(schema: string): readonly StoreFunction[] {
  const definitions = [startGeneration(schema), switchGeneration(schema), dropGeneration(schema)];
  return definitions.map((definition) => ({ definition, roles: ["projector"], tables: ["checkpoints"] }));
}

const WHICH = [given("p_processor", "text"), given("p_generation", "integer")];

function is(s: string, status: "running" | "rebuilding"): string {
  return `EXISTS (SELECT FROM ${s}.checkpoints k
              WHERE k.processor = p_processor AND k.generation = p_generation AND k.status = '${status}')`;
}

function startGeneration(schema: string): FunctionModel {
  const s = bareName(schema);
  return defineForRoles(schema, "start_generation", {
    comment:
      "Starts a rebuild beside the generation that runs: a checkpoint at the beginning of the feed for each of its shards. Returns false where it was started before. SQLSTATE ES033 when it does not come after all others, another one is being rebuilt, or nothing runs.",
    arguments: WHICH,
    returns: "boolean",
    body: `DECLARE
  newest integer;
  running integer;
  rebuilding integer;
BEGIN
  PERFORM pg_advisory_xact_lock(${processorLock("p_processor")});
  SELECT max(k.generation), max(k.generation) FILTER (WHERE k.status = 'running'),
         max(k.generation) FILTER (WHERE k.status = 'rebuilding')
    INTO newest, running, rebuilding FROM ${s}.checkpoints k WHERE k.processor = p_processor;
  IF p_generation = running OR p_generation = rebuilding THEN
    RETURN false;
  END IF;
  IF running IS NULL THEN
    RAISE EXCEPTION 'no generation of % runs', p_processor USING ERRCODE = 'ES033',
      HINT = 'claim_checkpoint makes the first one.';
  END IF;
  IF rebuilding IS NOT NULL THEN
    RAISE EXCEPTION 'generation % of % is being rebuilt', rebuilding, p_processor USING ERRCODE = 'ES033',
      HINT = 'Switch to it, or drop it.';
  END IF;
  IF (p_generation > newest) IS NOT TRUE THEN
    RAISE EXCEPTION 'generation % of % is over, or is none', p_generation, p_processor USING ERRCODE = 'ES033',
      DETAIL = newest::text, HINT = 'Give the next generation a number above that of the newest.';
  END IF;
  INSERT INTO ${s}.checkpoints (processor, shard, generation, status)
  SELECT k.processor, k.shard, p_generation, 'rebuilding' FROM ${s}.checkpoints k
   WHERE k.processor = p_processor AND k.generation = running;
  RETURN true;
END`,
  });
}

/** Nothing moves between looking and switching: the rows are locked, and a transaction that waits to move one finds it retired. */
function switchGeneration(schema: string): FunctionModel {
  const s = bareName(schema);
  return defineForRoles(schema, "switch_generation", {
    comment:
      "Lets a generation run that was rebuilt, and retires the one that ran, at once; allowed when each shard of the new one is as far as that of the old one. Returns false where it runs already. SQLSTATE ES033 when it is not being rebuilt, ES034 when it is behind (DETAIL: the shard and both places).",
    arguments: WHICH,
    returns: "boolean",
    body: `DECLARE
  behind text;
BEGIN
  PERFORM pg_advisory_xact_lock(${processorLock("p_processor")});
  PERFORM k.shard FROM ${s}.checkpoints k WHERE k.processor = p_processor ORDER BY k.shard, k.generation FOR UPDATE;
  IF ${is(s, "running")} THEN
    RETURN false;
  END IF;
  IF NOT ${is(s, "rebuilding")} THEN
    RAISE EXCEPTION 'generation % of % is not being rebuilt', p_generation, p_processor USING ERRCODE = 'ES033',
      HINT = 'start_generation, rebuild, then switch.';
  END IF;
  ${lookBehind(s)}
  IF FOUND THEN
    RAISE EXCEPTION 'generation % of % has not caught up', p_generation, p_processor USING ERRCODE = 'ES034', DETAIL = behind,
      HINT = 'Let it go on reading, and try again.';
  END IF;
  UPDATE ${s}.checkpoints k SET status = 'retired', owner = NULL, lease_until = NULL
   WHERE k.processor = p_processor AND k.status = 'running';
  UPDATE ${s}.checkpoints k SET status = 'running' WHERE k.processor = p_processor AND k.generation = p_generation;
  RETURN true;
END`,
  });
}

/** The first shard of the old generation that the new one has not reached, or has not at all. */
function lookBehind(s: string): string {
  return `SELECT format('shard %s: %s %s %s is behind %s %s %s', ran.shard, n.epoch, n.transaction_id, n.global_position,
                ran.epoch, ran.transaction_id, ran.global_position)
    INTO behind
    FROM ${s}.checkpoints ran
    LEFT JOIN ${s}.checkpoints n ON n.processor = ran.processor AND n.shard = ran.shard AND n.generation = p_generation
   WHERE ran.processor = p_processor AND ran.status = 'running'
     AND (n.shard IS NULL
          OR (n.epoch, n.transaction_id, n.global_position) < (ran.epoch, ran.transaction_id, ran.global_position))
   ORDER BY ran.shard LIMIT 1;`;
}

function dropGeneration(schema: string): FunctionModel {
  const s = bareName(schema);
  return defineForRoles(schema, "drop_generation", {
    comment:
      "Deletes the checkpoints of a generation that is retired, or of a rebuild that is given up; what it has built stays. Returns false where there are none. SQLSTATE ES035 for the one that runs.",
    arguments: WHICH,
    returns: "boolean",
    body: `BEGIN
  PERFORM pg_advisory_xact_lock(${processorLock("p_processor")});
  IF ${is(s, "running")} THEN
    RAISE EXCEPTION 'generation % of % runs', p_generation, p_processor USING ERRCODE = 'ES035',
      HINT = 'Start the next one, and switch to it first.';
  END IF;
  DELETE FROM ${s}.checkpoints k WHERE k.processor = p_processor AND k.generation = p_generation;
  RETURN FOUND;
END`,
  });
}
