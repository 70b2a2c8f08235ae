import { renamesOf } from "../lock/renames";
import { physicalName } from "../preview/engine-plan/identity";
import { printable } from "../preview/printable";
import type { TextStyle } from "../preview/tree";
import type { Resource } from "../topology/types";
import type { CompiledDomain } from "./compile-domains";
import { declaredLine, domainLine, readLines } from "./declared-lines";
import { AnnotatedOutput, NamedResources, type Told } from "./engine-output";
import { type CommandResult, finding, type OutputFilter, refusal } from "./result";

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

/** Says beside each line of an engine's output which places of a declaration it is about. */
export function whereIn(domains: readonly CompiledDomain[], style: TextStyle): CommandResult {
  const told = domains.flatMap(({ module, topology }) => {
    const lines = readLines(module);
    const at = new Map<string, string>();
    return topology.resources.map((resource): Told => {
      const { path } = resource;
      const line = declaredLine(lines, path) ?? domainLine(lines, topology.domain);
      const said = at.get(path) ?? printable(`${path} (${placeOf(module, line)})`);
      at.set(path, said);
      return { resource, said };
    });
  });
  const output = new AnnotatedOutput(new NamedResources(told), style.aside);
  const names = domains.map(({ topology }) => `"${topology.domain}"`).join(", ");
  const filter: OutputFilter = {
    push: (text) => output.push(text),
    end: () => output.end(),
    notes: () => (output.annotated === 0 ? [`no line names a resource of ${names}`] : []),
  };
  return { exitCode: 0, text: "", json: { exitCode: 0, findings: [] }, filter };
}

function placeOf(module: string, line: number | null): string {
  return line === null ? module : `${module}:${line}`;
}

function told({ module, line, path, domain, key, name }: Place): string {
  return `${printable(`${placeOf(module, line)}: ${path} of domain "${domain}" becomes ${key} (${name})`)}\n`;
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
