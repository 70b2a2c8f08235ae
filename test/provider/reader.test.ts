import type { Database, Session } from "../../lib/provider/postgres/connection";
import { CatalogReader, type ObjectReference } from "../../lib/provider/postgres/reader";
import type { SchemaLocks } from "../../lib/provider/postgres/schema-lock";

const shop: ObjectReference = { kind: "schema", schema: "shop", name: "shop", id: "shop" };

/** A reader of a server with one schema, and how often it was read. */
function counted(): { reader: CatalogReader; reads: () => number } {
  let reads = 0;
  const session = {
    query: () => {
      reads++;
      return Promise.resolve([{ name: "shop", comment: null }]);
    },
  } as unknown as Session;
  const database = { use: (work: (session: Session) => unknown) => work(session) } as unknown as Database;
  const locks = { settled: () => Promise.resolve() } as unknown as SchemaLocks;
  return { reader: new CatalogReader(database, locks), reads: () => reads };
}

describe("how often a plan reads the catalog", () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate"], now: 1_000_000 }));
  afterEach(() => jest.useRealTimers());

  it("is once for objects that are asked for one after the other, however many they are", async () => {
    const { reader, reads } = counted();
    for (let table = 0; table < 1_000; table++) await reader.find(shop);
    expect(reads()).toBe(1);
  });

  it("is once for a plan that takes longer than ten seconds, while it goes on asking", async () => {
    const { reader, reads } = counted();
    for (let second = 0; second < 59; second += 9) {
      jest.setSystemTime(1_000_000 + second * 1_000);
      expect((await reader.find(shop))?.kind).toBe("schema");
    }
    expect(reads()).toBe(1);
  });

  it("is again after ten seconds in which nobody asked", async () => {
    const { reader, reads } = counted();
    await reader.find(shop);
    jest.setSystemTime(1_000_000 + 9_999);
    await reader.find(shop);
    expect(reads()).toBe(1);
    jest.setSystemTime(1_000_000 + 9_999 + 10_000);
    await reader.find(shop);
    expect(reads()).toBe(2);
  });

  it("is again after a minute, however much is asked", async () => {
    const { reader, reads } = counted();
    for (let second = 0; second <= 60; second++) {
      jest.setSystemTime(1_000_000 + second * 1_000);
      await reader.find(shop);
    }
    expect(reads()).toBe(2);
  });
});
