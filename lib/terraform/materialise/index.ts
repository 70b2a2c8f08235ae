export type { ProviderName, Row, Surroundings } from "./row";
export { rowFor, typeOf } from "./rows";
