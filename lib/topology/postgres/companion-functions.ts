import { checkpointFunctions } from "./checkpoints";
import { generationFunctions } from "./generations";
import { inboxFunctions } from "./inbox";
import type { StoreLayout } from "./layout";
import { outboxFunctions } from "./outbox";
import { sagaStepFunctions } from "./saga-steps";
import { sagaFunctions } from "./sagas";
import { snapshotFunctions } from "./snapshots";
import type { StoreFunction } from "./store-function";
import { timeoutFunctions } from "./timeouts";

/** What services do with the tables around the event store. */
export function companionFunctions(schema: string, layout: StoreLayout): readonly StoreFunction[] {
  return [
    ...snapshotFunctions(schema, layout),
    ...inboxFunctions(schema),
    ...outboxFunctions(schema),
    ...checkpointFunctions(schema),
    ...generationFunctions(schema),
    ...sagaFunctions(schema),
    ...sagaStepFunctions(schema),
    ...timeoutFunctions(schema),
  ];
}
