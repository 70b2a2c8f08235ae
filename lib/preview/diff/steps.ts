import { groupBy } from "../group-by";
import { isWorkQueue } from "../../topology/generation";
import { columnSteps } from "./column-steps";
import { generationSteps, step, type Succession, successionIn } from "./generation-steps";
import type { Affected, Change, DeployStep } from "./types";

/** In which order services and infrastructure go, and why. Empty where nothing is to be deployed. */
export function deploySteps(domain: string, changes: readonly Change[]): readonly DeployStep[] {
  const infrastructure = changes.filter(({ kind }) => kind !== "contract" && kind !== "saga");
  const succession = successionIn(changes);
  const first = [...stops(changes, succession), ...readersFirst(changes)];
  const deploy: readonly DeployStep[] =
    infrastructure.length === 0
      ? []
      : [step("infrastructure", domain, `deploy ${domain}: its topics, queues and tables`, infrastructure)];
  const walk = generationSteps(domain, succession);
  return merged([...first, ...deploy, ...starts(changes, succession), ...writersLast(domain, changes), ...walk, ...columnSteps(domain, changes)]); // prettier-ignore
}

/** Who works on what leaves stops before it does. */
function stops(changes: readonly Change[], { keys }: Succession): readonly DeployStep[] {
  return changes
    .filter(
      ({ action, kind, key, findings }) =>
        (action === "forget" && isWorkQueue(key) && !keys.has(key)) ||
        (kind === "saga" && action !== "create" && findings.some(({ facts }) => facts.needsOrder)),
    ) // prettier-ignore
    .map((each) =>
      each.kind === "saga"
        ? step("service", each.name, `let the running instances of ${each.name} end, or make sure that the new code understands where they stand`, [each]) // prettier-ignore
        : step("service", owner(each), `stop ${owner(each)}, once its queue ${each.name} is empty`, [each]),
    );
}

function owner({ affected, name }: Change): string {
  return affected[0]?.name ?? name;
}

/** A reader that does not know a payload must be replaced before one is written. */
function readersFirst(changes: readonly Change[]): readonly DeployStep[] {
  return changes
    .filter(
      ({ kind, action, findings }) =>
        kind === "contract" && action !== "forget" && findings.some(({ facts }) => facts.breaksConsumers),
    ) // prettier-ignore
    .flatMap((each) => each.affected.map((who) => step("service", who.name, understand(who, each), [each])));
}

function understand({ name, kind }: Affected, change: Change): string {
  return `deploy ${kind} ${name} so that it understands ${change.name}`;
}

/** A new receiver starts when there is something to receive from. */
function starts(changes: readonly Change[], { keys }: Succession): readonly DeployStep[] {
  return changes
    .filter(({ action, key }) => action === "create" && isWorkQueue(key) && !keys.has(key))
    .map((each) => step("service", owner(each), `start ${owner(each)} on the queue ${each.name}`, [each]));
}

function writersLast(domain: string, changes: readonly Change[]): readonly DeployStep[] {
  const published = changes.filter(({ kind, action, key }) => kind === "contract" && action === "create" && key.startsWith("contract/event/")); // prettier-ignore
  if (published.length === 0) return [];
  const names = published.map(({ name }) => name).join(", ");
  return [step("service", domain, `deploy the services of ${domain} that append ${names}`, published)];
}

/** The same sentence once, for all its reasons. */
function merged(steps: readonly DeployStep[]): readonly DeployStep[] {
  const together = groupBy(steps, ({ sentence }) => sentence).values();
  return [...together].map((each) => ({ ...each[0]!, because: each.flatMap(({ because }) => because) }));
}
