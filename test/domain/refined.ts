import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AnyDomain, compile, defineDomain, event } from "eventloom";
import { z } from "zod";
import { nextLock } from "../../lib/lock/next-lock";
import { renderLock } from "../../lib/lock/render-lock";

const saleId = z.uuid();

function tillWith<const K extends string>(...consumers: readonly K[]) {
  const total = z.int().refine((cents) => cents % 5 === 0);
  const SaleMade = event({ versions: { 1: z.object({ saleId, total }) } });
  return defineDomain("till", {
    brokers: ["rabbitmq"],
    store: "none",
    aggregates: { Sale: { id: "saleId", events: { SaleMade } } },
    consumers: Object.fromEntries(consumers.map((each) => [each, { on: ["SaleMade"], via: "rabbitmq" }])) as {
      readonly [N in K]: { on: ["SaleMade"]; via: "rabbitmq" };
    },
  });
}

/** A small domain with a check that does not reach its JSON Schema. */
export const refined = tillWith("printer", "archive");

/** What every engine says of it. */
export const refinedWarning =
  /^domain "till": DW101 aggregates\.Sale\.events\.SaleMade\.versions\.1: .*: \.refine\(\) of total \(fix: .*\)$/;

/** Files of its lock, as it is now and as it was before. */
export function refinedLocks(): { readonly lock: string; readonly staleLock: string } {
  const folder = mkdtempSync(join(tmpdir(), "eventloom-refined-"));
  const written = (name: string, domain: AnyDomain): string => {
    const next = nextLock(compile(domain), null);
    if (!next.ok) throw new Error(JSON.stringify(next.issues));
    writeFileSync(join(folder, name), renderLock(next.lock));
    return join(folder, name);
  };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return { lock: written("till.lock.json", refined), staleLock: written("old.lock.json", tillWith("printer")) };
}

/** What every engine says where the lock is what it was before. */
export const staleWarning =
  /^the lock ".*old\.lock\.json" is stale: the domain "till" has changed since, .* \(fix: run eventloom lock, .*\)$/;
