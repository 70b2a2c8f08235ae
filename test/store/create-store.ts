import type { Client } from "pg";
import { compile } from "eventloom";
import type { AnyDomain } from "eventloom";
import { createStatements } from "../../lib/preview/render-sql";

const DUPLICATE_OBJECT = "42710";

/** The store of a domain, made by the statements that the table provider would run; its roles may be the cluster's already. */
export async function createStore(client: Client, domain: AnyDomain): Promise<void> {
  for (const { sql } of createStatements(compile(domain))) {
    await client.query(sql).catch((error: { code?: string }) => {
      if (!sql.startsWith("CREATE ROLE") || error.code !== DUPLICATE_OBJECT) throw error as Error;
    });
  }
}
