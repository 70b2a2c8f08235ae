import { renamesOf } from "../lock/renames";
import { physicalName } from "../preview/engine-plan/identity";
import { printable } from "../preview/printable";
import type { Resource } from "../topology/types";
import type { CompiledDomain } from "./compile-domains";
import { declaredLine, readLines } from "./declared-lines";
import { type CommandResult, finding, refusal } from "./result";

/** One resource and the place of the declaration that it comes from. */
interface Place {
  readonly module: string;
  readonly domain: string;
  readonly key: string;
  readonly name: string;
  readonly path: string;
  /** 1-based; null where the module's text does not hold the declared name. */
  readonly line: number | null;
}

/** Says which place of a declaration a resource comes from: by its key, its physical name, or an engine's address or urn. */
export function where(address: string, domains: readonly CompiledDomain[]): CommandResult {
  const places = domains.flatMap((each) => placesIn(each, address));
  if (places.length === 0) return refusal([finding("CL521", address)]);
  return {
    exitCode: 0,
    text: places.map(told).join(""),
    json: { exitCode: 0, places, findings: [] },
  };
}

function told({ module, line, path, domain, key, name }: Place): string {
  const at = line === null ? module : `${module}:${line}`;
  return `${printable(`${at}: ${path} of domain "${domain}" becomes ${key} (${name})`)}\n`;
}

function placesIn({ module, topology }: CompiledDomain, address: string): readonly Place[] {
  const known = withFormerKeys(topology);
  const exact = known.filter(({ key, resource }) => key === address || physicalName(resource) === address);
  const fitting = exact.length > 0 ? exact : byEngineAddress(known, address);
  const found = [...new Set(fitting.map(({ resource }) => resource))];
  if (found.length === 0) return [];
  const lines = readLines(module);
  return found.map((each) => ({
    module,
    domain: topology.domain,
    key: each.key,
    name: physicalName(each),
    path: each.path,
    line: declaredLine(lines, each.path),
  }));
}

interface Known {
  readonly key: string;
  readonly resource: Resource;
}

/** Each resource by its key, and by those that it had before it was renamed. */
function withFormerKeys({ resources, renamed, moved }: CompiledDomain["topology"]): readonly Known[] {
  const { keyOf } = renamesOf({ renamed, moved });
  const byKey = new Map(resources.map((each) => [each.key, each]));
  const former = moved.flatMap(({ from }) => {
    const resource = byKey.get(keyOf(from.key));
    return resource === undefined ? [] : [{ key: from.key, resource }];
  });
  return [...resources.map((resource) => ({ key: resource.key, resource })), ...former];
}

/**
 * Engines put a construct's path or a parent's name before the key, and other signs in the place of `/`:
 * `kafka_topic.orders_topic_OrderPaid_1A2B3C4D`, `urn:pulumi:…::orders-topic/OrderPaid`. The longest key that fits is meant.
 */
function byEngineAddress(known: readonly Known[], address: string): readonly Known[] {
  const plain = bare(address.replace(/_[0-9A-F]{8}(\[.*\])?$/, ""));
  const fitting = known.filter(({ key }) => plain.endsWith(bare(key)));
  const longest = Math.max(...fitting.map(({ key }) => key.length));
  return fitting.filter(({ key }) => key.length === longest);
}

function bare(text: string): string {
  return `-${text.replace(/[^A-Za-z0-9]+/g, "-")}`;
}
