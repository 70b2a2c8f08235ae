export type { PartialDeep } from "./assertion";
export { type PulumiRecord, type PulumiResource, recordPulumi } from "./pulumi";
export {
  ExchangeExpectation,
  FunctionExpectation,
  QueueExpectation,
  ResourceExpectation,
  TableExpectation,
  TopicExpectation,
  topologyOf,
  TopologyExpectations,
} from "./topology";
