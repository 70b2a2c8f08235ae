import type { RabbitmqQueue } from "./types";

/** How the providers of both engines take a queue's arguments. */
export type WrittenArguments =
  | { readonly as: "map"; readonly value: Readonly<Record<string, string>> }
  | { readonly as: "json"; readonly value: string };

/**
 * A map of the provider's holds text alone, and RabbitMQ refuses `"true"` for `true`. Where all are text it stays a map: what is
 * deployed that way would be replaced by the same arguments as JSON.
 */
export function writtenArguments(all: RabbitmqQueue["arguments"]): WrittenArguments {
  const texts = Object.entries(all).filter((each): each is [string, string] => typeof each[1] === "string");
  if (texts.length === Object.keys(all).length) return { as: "map", value: Object.fromEntries(texts) };
  return { as: "json", value: JSON.stringify(all) };
}
