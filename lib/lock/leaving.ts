import type { Resource } from "../topology/types";

/** What becomes of a resource that leaves: it stays on the server, or it goes since it holds nothing. */
export type Leaving = "stays" | "goes";

/** The exchanges by which new messages come; what comes back by the others is already under way. */
const BRING_NEW_MESSAGES = ["exchange/events", "exchange/commands", "exchange/replies"];

/**
 * Everything that holds messages or rows stays, and what guards them: without its policy a queue's waiting dead letters are lost.
 * A binding that brings new messages goes, or what nobody reads any more would fill up; and what a role is granted, with the role,
 * where nobody needs it.
 */
export function leavingOf(resource: Resource): Leaving {
  if (resource.kind === "postgres-role" || resource.kind === "postgres-grants") return "goes";
  return resource.kind === "rabbitmq-binding" && BRING_NEW_MESSAGES.includes(resource.sourceKey) ? "goes" : "stays";
}
