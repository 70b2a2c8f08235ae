export { previews, runPreviews, type Round } from "./previews";
