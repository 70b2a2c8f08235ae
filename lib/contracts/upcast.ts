/** One step of the way from an older version of an event to the latest. */
export interface UpcastStep {
  readonly version: number;
  /** Null for the latest version. */
  readonly upcast: ((payload: unknown) => unknown) | null;
}

/**
 * Brings a payload of any published version to the latest, one version at a time.
 *
 * @throws RangeError for a version that was never declared
 */
export function upcastPayload(event: string, steps: readonly UpcastStep[], version: number, payload: unknown): unknown {
  if (!steps.some((each) => each.version === version)) {
    throw new RangeError(`${event} has no version ${version}; it has 1 to ${steps.length}`);
  }
  return steps
    .filter((each) => each.version >= version)
    .reduce((current, each) => (each.upcast ? each.upcast(current) : current), payload);
}
