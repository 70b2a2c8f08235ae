export { fillStore, lookAtReads, reads, type ReadFinding } from "./reads";
