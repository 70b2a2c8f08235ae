import { v5 } from "uuid";

/** Any fixed UUID: ids made from the same names are the same ids everywhere. */
const NAMESPACE = "8a9ad4a5-3f6c-4c51-9b0e-5f1d0c0f7f6e";

/** An id made from names: doing the same thing again gives the same id, which is how a repetition is recognised. */
export function idOf(...names: readonly (string | number)[]): string {
  return v5(JSON.stringify(names), NAMESPACE);
}
