export { generationKinds } from "./generation-changes";
export { previews, runPreviews } from "./previews";
export type { Round } from "./walk";
