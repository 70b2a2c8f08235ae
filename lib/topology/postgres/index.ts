export { storeResources } from "./store";
