export type { PartialDeep } from "./assertion";
export { type PulumiRecord, type PulumiResource, recordPulumi, type RecordOptions } from "./pulumi";
export {
  TerraformExpectations,
  terraformOf,
  type TestedStack,
  type WrittenResource,
  WrittenResourceExpectation,
} from "./terraform";
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
