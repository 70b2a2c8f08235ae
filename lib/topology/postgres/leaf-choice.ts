import { leafName } from "../../postgres/names";
import type { StoreLayout } from "./layout";

/** Above this the choice among leaves costs as much as Postgres' own. */
const MOST_LEAVES = 16;

/** What Postgres hashes the values of a hash key with (HASH_PARTITION_SEED in partition.h). */
const SEED = "8816678312871386365";

/** What one value's hash is combined with: the low byte of the constant in hash_combine64 (hashfn.h). */
const COMBINED = 0xe3;

/**
 * A statement that reads one leaf, by a choice of our own: Postgres sets the whole table up before it leaves out the leaves that are
 * not meant (22,000 instructions of 65,000 with 8 leaves). Only for a look: were another leaf than the right one read, the look would
 * find nothing, and the key of the table would still stand against what comes after.
 *
 * Where the leaves are not by a hash, or their number is no power of two, or large, the table is read.
 *
 * @param id an expression for the aggregate's id
 * @param read the statement; without a leaf it reads the table
 */
export function byLeaf(
  { partitioning }: StoreLayout,
  id: string,
  read: (leaf: string | undefined) => string,
): { readonly declaration: string; readonly statement: string } {
  const modulus = partitioning?.modulus ?? 1;
  const powerOfTwo = (modulus & (modulus - 1)) === 0;
  if (modulus === 1 || modulus > MOST_LEAVES || !powerOfTwo) return { declaration: "", statement: read(undefined) };
  return {
    declaration: `\n  leaf pg_catalog.int4 := ${leafOf(id, modulus)};`,
    statement: tree(0, modulus, (each) => read(leafName("event_store", each, modulus))),
  };
}

/** The number of the leaf that a value of a text hash key is in, for a power of two, as an expression. */
export function leafOf(value: string, modulus: number): string {
  const last = modulus - 1;
  const hash = `pg_catalog.hashtextextended(${value}, ${SEED})`;
  return `((${hash} OPERATOR(pg_catalog.&) ${last}) OPERATOR(pg_catalog.+) ${COMBINED & last}) OPERATOR(pg_catalog.&) ${last}`;
}

function tree(from: number, to: number, read: (leaf: number) => string): string {
  if (to - from === 1) return read(from);
  const middle = (from + to) / 2;
  return `IF leaf OPERATOR(pg_catalog.<) ${middle} THEN
  ${tree(from, middle, read)}
  ELSE
  ${tree(middle, to, read)}
  END IF;`;
}
