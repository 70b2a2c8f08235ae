export { store } from "./store";
