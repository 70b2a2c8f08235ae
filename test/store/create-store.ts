import type { Client } from "pg";
import { compile } from "eventloom";
import type { AnyDomain } from "eventloom";
import { createStatements } from "../../lib/preview/render-sql";

/** The store of a domain, made by the statements that the table provider would run. */
export async function createStore(client: Client, domain: AnyDomain): Promise<void> {
  for (const { sql } of createStatements(compile(domain))) await client.query(sql);
}
