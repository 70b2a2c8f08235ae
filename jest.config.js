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

module.exports = {
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "\\.e2e\\.test\\.ts$"],
    },
    { ...shared, displayName: "e2e", testMatch: ["<rootDir>/test/**/*.e2e.test.ts"] },
  ],
};
