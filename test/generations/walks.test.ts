import { changeKinds } from "../../campaigns/previews/changes";
import { Draw } from "../../campaigns/previews/draw";
import { firstVariant, type OrdersVariant, topologyOf } from "../../campaigns/previews/orders-variant";
import { type Deployment, deploymentOf } from "../../lib/lock/deployment";
import { leavingOf } from "../../lib/lock/leaving";
import type { Lock } from "../../lib/lock/types";
import { diffLocks } from "../../lib/preview/diff/diff-locks";
import { partsOf } from "../../lib/topology/slice";
import type { Resource } from "../../lib/topology/types";
import { locked } from "./shop";

const SEEDS = [2028, 2030, 2031];
const DEPLOYS = 40;
/** What comes and goes, is renamed or gets another generation; settings alone move nothing. */
const kinds = changeKinds.filter(({ name }) => /^(add|retire|rename|the next)/.test(name));

interface Deployed {
  readonly change: string;
  readonly variant: OrdersVariant;
  readonly lock: Lock;
  readonly lockBefore: Lock;
  readonly before: Deployment;
  readonly after: Deployment;
}

/** Every deploy of a walk at random; what the locks refuse is not deployed. */
function walk(seed: number): readonly Deployed[] {
  const draw = new Draw(seed, kinds);
  const found: Deployed[] = [];
  let variant = firstVariant;
  let lock = locked(topologyOf(variant));
  let before = deploymentOf(topologyOf(variant), lock);
  for (let deploy = 1; deploy <= DEPLOYS; deploy++) {
    const { change, head } = draw.next(variant);
    const [lockBefore, next] = [lock, locked(topologyOf(head), lock)];
    if (diffLocks(lock, next).worst === "refused") continue;
    [variant, lock] = [head, next];
    const after = deploymentOf(topologyOf(head), lock, { generations: head.phases });
    found.push({ change, variant, lock, lockBefore, before, after });
    before = after;
  }
  return found;
}

const walks = SEEDS.map((seed) => [seed, walk(seed)] as const);

function keys(resources: readonly Resource[]): readonly string[] {
  return resources.map(({ key }) => key).sort();
}

/** The key that a resource has afterwards. */
function keyNow({ moved }: Deployment, key: string): string {
  const next = new Map(moved.map(({ from, to }) => [from.key, to]));
  let found = key;
  for (let to = next.get(found); to !== undefined && to !== found; to = next.get(found)) found = to;
  return found;
}

describe.each(walks)("what is deployed, one change at random after the other (seed %i)", (_, deployed) => {
  const wrong = (find: (each: Deployed) => readonly string[]): readonly string[] =>
    deployed.flatMap((each, at) => find(each).map((what) => `${at + 1}. ${each.change}: ${what}`));

  test("loses nothing: it is there, under its name of now, or forgotten under the one that it had", () => {
    const lost = wrong(({ before, after }) => {
      const [there, forgotten] = [new Set(keys(after.resources)), new Set(keys(after.forgotten))];
      return before.resources
        .filter((each) => leavingOf(each) === "stays")
        .map(({ key }) => key)
        .filter((key) => !there.has(keyNow(after, key)) && !forgotten.has(key));
    });
    expect(lost).toEqual([]);
  });

  test("forgets nothing that brings new messages, and leaves nothing of the kind at a queue that it forgets", () => {
    const bound = wrong(({ after }) => {
      const queues = new Set(after.forgotten.flatMap((each) => (each.kind === "rabbitmq-queue" ? [each.name] : [])));
      const left = after.resources.filter((each) => each.kind === "rabbitmq-binding" && queues.has(each.destination));
      return keys([...left, ...after.forgotten.filter((each) => leavingOf(each) === "goes")]);
    });
    expect(bound).toEqual([]);
  });

  test("has every key once, and each in a part that a construct is there for", () => {
    const apart = wrong(({ variant, after }) => {
      const all = [...keys(after.resources), ...keys(after.forgotten)];
      const parts = new Set(partsOf(topologyOf(variant)));
      return [
        ...all.filter((key, at) => all.indexOf(key) !== at),
        ...after.resources.filter(({ part }) => !parts.has(part)).map(({ key, part }) => `${key} in ${part}`),
      ];
    });
    expect(apart).toEqual([]);
  });

  test("is the same before it is locked again, and locking again changes nothing", () => {
    for (const { variant, lock, lockBefore, after } of deployed) {
      const stale = deploymentOf(topologyOf(variant), lockBefore, { generations: variant.phases });
      expect(keys(stale.resources)).toEqual(keys(after.resources));
      expect(keys(stale.forgotten)).toEqual(keys(after.forgotten));
      expect(locked(topologyOf(variant), lock)).toEqual(lock);
    }
  });
});

test("they go over generations, renames and retirements", () => {
  const changes = walks.flatMap(([, deployed]) => deployed.map(({ change }) => change));
  for (const some of [/^the next generation of/, /^rename .* with an older/, / is done$/, /^retire/])
    expect(changes.filter((each) => some.test(each)).length).toBeGreaterThan(2);
});
