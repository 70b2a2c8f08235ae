import type { RollingModel } from "./model";

const prefix = "eventloom-rolls:";

/**
 * A table's comment with its rolling rule, so that the rule is on the server too: who makes leaves between deploys follows the one
 * that is deployed, and needs no declaration.
 */
export function withRule(comment: string | null, rule: RollingModel | null): string | null {
  if (rule === null) return comment;
  const line = `${prefix}${ruleText(rule)}`;
  return comment === null || comment === "" ? line : `${comment}\n${line}`;
}

/** Takes such a comment apart. A last line that no rule has written is part of the comment. */
export function splitRule(stored: string | null): { comment: string | null; rule: RollingModel | null } {
  const at = stored?.lastIndexOf("\n") ?? -1;
  const last = stored?.slice(at + 1) ?? "";
  const rule = last.startsWith(prefix) ? readRule(last.slice(prefix.length)) : null;
  if (stored === null || rule === null) return { comment: stored, rule: null };
  return { comment: at < 0 ? null : stored.slice(0, at), rule };
}

/** `month, 3 ahead, retain 90 days`. */
export function ruleText({ interval, ahead, retain }: RollingModel): string {
  return `${interval}, ${ahead} ahead${retain === null ? "" : `, retain ${retain}`}`;
}

function readRule(text: string): RollingModel | null {
  const found =
    /^(day|week|month|\d{1,2} hours?), (\d{1,4}) ahead(?:, retain (\d{1,5} (?:hour|day|week|month|year)s?))?$/.exec(
      text,
    );
  return found === null ? null : { interval: found[1]!, ahead: Number(found[2]), retain: found[3] ?? null };
}
