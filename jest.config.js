/** Unit tests run side by side; end-to-end tests share real servers and run one after the other. */
const shared = {
  testEnvironment: "<rootDir>/test/e2e/node-environment.ts",
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
    ],
  },
  moduleNameMapper: {
    "^@platformatic/kafka$": "<rootDir>/test/e2e/kafka-client.ts",
    "^eventloom$": "<rootDir>/lib/index.ts",
    "^eventloom/cdktf$": "<rootDir>/lib/terraform/cdktf.ts",
    "^eventloom/cdktn$": "<rootDir>/lib/terraform/cdktn.ts",
    "^eventloom/pulumi$": "<rootDir>/lib/pulumi/index.ts",
    "^eventloom/testing$": "<rootDir>/lib/testing/index.ts",
  },
  modulePathIgnorePatterns: ["<rootDir>/dist", "<rootDir>/cdktf.out", "<rootDir>/.eventloom"],
};

/** What may differ from one version of Postgres to the next, on another one than the machine's. */
const onPostgres = (major, files) => ({
  ...shared,
  displayName: `postgres-${major}`,
  globals: { POSTGRES_MAJOR: major },
  testMatch: files.map((file) => `<rootDir>/test/${file}.e2e.test.ts`),
});
const ANY = [
  "postgres/versions",
  "provider/{campaign,columns,constraints,indexes,maintain,round-trip,survey,tables}",
  "e2e/{store,store-access,store-checkpoints,store-generations,store-maintain,store-outbox,store-range,store-reads,store-rounds,store-sagas,store-snapshots,store-strategies}",
];
/** The newest version differs most. */
const NEWEST = [
  ...ANY,
  "provider/{acceptances,fill,import,other-objects,partition-added,partition-leaves,partitions,publications,removal,roles}",
  "e2e/{export-sql,store-roles}",
];

module.exports = {
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "\\.e2e\\.test\\.ts$"],
    },
    { ...shared, displayName: "e2e", testMatch: ["<rootDir>/test/**/*.e2e.test.ts"] },
    onPostgres(17, ANY),
    onPostgres(18, NEWEST),
  ],
};
