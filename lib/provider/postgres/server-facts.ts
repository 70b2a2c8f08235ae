import type { ServerFacts } from "../../postgres/capabilities";
import type { Session } from "./connection";

/** What the server can do. */
export async function serverFacts(session: Session): Promise<ServerFacts> {
  const [row] = await session.query<ServerFacts & Record<string, unknown>>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version,
            (SELECT to_json(enumvals) FROM pg_settings WHERE name = 'default_toast_compression') AS compressions,
            (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user) AS "createsRoles"`,
  );
  return row!;
}
