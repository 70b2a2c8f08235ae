import { eventloomIn } from "./command-line";
import { domainSource, type ModuleFolder, writeModules } from "./modules";

jest.setTimeout(60_000);

const REFINED = `import { defineDomain, event } from "eventloom";
import { z } from ${JSON.stringify(require.resolve("zod"))};
const sale = z.object({ id: z.string(), total: z.number().refine((total) => total > 0) });
export const till = defineDomain("till", { aggregates: { Sale: { id: "id", events: { SaleMade: event({ versions: { 1: sale } }) } } } });
`;
const LINE =
  /^eventloom: warning: till\.ts: domain "till": DW101 aggregates\.Sale\.events\.SaleMade\.versions\.1: checks that do not reach the JSON Schema: \.refine\(\) of total \(fix: [^\n]+\)\n$/;

let modules: ModuleFolder;

beforeAll(() => {
  modules = writeModules({ "till.ts": REFINED, "shop.ts": domainSource("shop"), "broken.ts": domainSource("B") });
});

afterAll(() => modules.remove());

describe.each([["check"], ["preview"], ["lock"]])("eventloom %s", (command) => {
  test("says on standard error what somebody should know, and ends with 0", () => {
    const { status, stdout, stderr } = eventloomIn(modules.folder, [command, "till.ts", "shop.ts"]);
    expect(status).toBe(0);
    expect(stderr).toMatch(LINE);
    expect(stdout).toContain("till");
    expect(stdout).not.toContain("DW101");
  });

  test("gives it to programs", () => {
    const { stdout } = eventloomIn(modules.folder, [command, "--json", "till.ts", "shop.ts"]);
    const { exitCode, warnings } = JSON.parse(stdout) as { exitCode: number; warnings: readonly object[] };
    expect({ exitCode, warnings }).toMatchObject({
      exitCode: 0,
      warnings: [{ module: "till.ts", subject: 'domain "till"', issues: [{ code: "DW101", fix: expect.stringMatching(/^say it in the schema/) as string }] }],
    }); // prettier-ignore
  });

  test("says nothing where there is nothing to say", () => {
    expect(eventloomIn(modules.folder, [command, "shop.ts"])).toMatchObject({ status: 0, stderr: "" });
    const { stdout } = eventloomIn(modules.folder, [command, "--json", "shop.ts"]);
    expect(JSON.parse(stdout)).toMatchObject({ warnings: [] });
  });
});
