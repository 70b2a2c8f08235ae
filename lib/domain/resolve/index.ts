export { resolveDomain, type Resolution } from "./resolve-domain";
