import { compile } from "eventloom";
import { createByHand } from "../../bench/synth/by-hand";
import { largeDomain } from "../../bench/synth/large-domain";
import { emptyStack, engines, type Synthesized } from "./engines";

const [under] = engines as [(typeof engines)[number]];
const domain = largeDomain(1);

/** Everything that is written, with each address replaced by what it stands for, in one order. */
function content(stack: ReturnType<typeof emptyStack>): string[] {
  const { resource } = JSON.parse(under.engine.Testing.synth(stack)) as Synthesized;
  const addresses = new Map<string, string>();
  for (const [type, each] of Object.entries(resource)) {
    for (const [id, attributes] of Object.entries(each)) {
      const { name, source, destination } = attributes as Record<string, string>;
      addresses.set(`${type}.${id}`, `<${type} ${name ?? `${source}:${destination}`}>`);
    }
  }
  const plain = (text: string): string =>
    text.replace(/[a-z_]+\.[\w-]+(?=["}.])/g, (found) => addresses.get(found) ?? found);
  return Object.entries(resource)
    .flatMap(([type, each]) =>
      Object.values(each).map((attributes) => plain(plain(`${type} ${JSON.stringify(attributes)}`))),
    )
    .map((line) => line.replace(/\$\{(<[^>]*>)\}/g, "$1").replace(/"(settings|policy)":\[(.*?)\]/, '"$1":$2'))
    .sort();
}

test("the benchmark's stack by hand has the same resources as ours, attribute by attribute", () => {
  const ours = emptyStack(under);
  new under.constructs.EventDrivenDomain(ours, "large", { domain });
  const byHand = emptyStack(under);
  createByHand(byHand, compile(domain).resources);
  const [theirs, mine] = [content(byHand), content(ours)];
  expect(theirs.filter((line) => !mine.includes(line))).toEqual([]);
  expect(mine.filter((line) => !theirs.includes(line))).toEqual([]);
  expect(mine).toHaveLength(theirs.length);
});
