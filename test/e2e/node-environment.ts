import { createRequire } from "node:module";
import { TestEnvironment } from "jest-environment-node";

/**
 * jest's own `require` loads no ES module on node 20, node's does: tests get it under this name, for those packages that
 * jest's configuration maps to {@link ./kafka-client}.
 */
const NAME = "requireOfNode";

class NodeEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    Object.assign(this.global, { [NAME]: createRequire(__filename) });
  }
}

export = NodeEnvironment;
