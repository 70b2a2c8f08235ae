export { previews, runPreviews } from "./previews";
export { generationKinds } from "./generation-changes";
export type { Round } from "./walk";
