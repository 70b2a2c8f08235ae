/** Stands in for "@platformatic/kafka", which is an ES module, below jest: the same module, loaded by node. */
const { requireOfNode } = globalThis as unknown as { requireOfNode: NodeJS.Require };

export = requireOfNode("@platformatic/kafka") as object;
