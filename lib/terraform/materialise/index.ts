export type { ProviderName, Row, Surroundings } from "./row";
export { rowFor } from "./rows";
