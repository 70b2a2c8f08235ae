import { diagnosticsOf, messageOf, virtualProgram } from "./program";

/** A domain of so many events, a fifth of them with two versions, with users of each. */
function domainOf(events: number): string {
  const aggregates = Array.from({ length: events / 15 }, (_, a) => {
    const declared = Array.from({ length: 15 }, (_, e) =>
      e % 5 === 0
        ? `A${a}E${e}: event({ versions: { 1: v1, 2: v2 }, upcast: { 1: (p) => ({ ...p, extra: p.id.length }) } })`
        : `A${a}E${e}: event({ versions: { 1: v1 } })`,
    );
    return `A${a}: { id: "id", events: { ${declared.join(", ")} } }`;
  });
  const consumers = Array.from({ length: events / 10 }, (_, n) => `c${n}: { on: ["A${n % (events / 15)}E${n % 15}"] }`);
  return `
import { defineDomain, event, jsonSchema } from "eventloom";
const v1 = jsonSchema<{ id: string }>({});
const v2 = jsonSchema<{ id: string; extra: number }>({});
export const domain = defineDomain("big", { aggregates: { ${aggregates.join(", ")} }, consumers: { ${consumers.join(", ")} } });
`;
}

/** How much the checker does for a source; unlike time, the same on every machine. */
function instantiations(source: string): number {
  const program = virtualProgram({ "big.ts": source });
  expect(diagnosticsOf(program, "big.ts").map(messageOf)).toEqual([]);
  return program.getInstantiationCount();
}

test("the compiler's work grows with the number of events, not with its square", () => {
  const small = instantiations(domainOf(150));
  const large = instantiations(domainOf(300));
  console.info(`150 events: ${small} instantiations, 300 events: ${large}`);
  expect(large / small).toBeLessThan(2.2);
});
