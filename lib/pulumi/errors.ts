import { DeclarationError, nearest, show, type Issue } from "../domain/issues";

/** What can be wrong with how components are put into a program; codes never change their meaning. */
export const pulumiCodes = {
  PU501: "no such part of the domain",
  PU502: "the domain has nothing of the kind",
  PU503: "the stack's own state cannot be read",
} as const;

function failure(
  name: string,
  { message, ...issue }: Issue & { readonly code: keyof typeof pulumiCodes },
): DeclarationError {
  return new DeclarationError(`component ${show(name)}`, [
    { ...issue, message: `${pulumiCodes[issue.code]}: ${message}` },
  ]);
}

export function unknownPart(
  component: string,
  property: string,
  received: string,
  allowed: readonly string[],
): DeclarationError {
  const near = nearest(received, allowed);
  const known = allowed.join(", ") || "nothing here";
  return failure(component, {
    code: "PU501",
    path: property,
    message: `got ${show(received)}; allowed: ${known}${near ? `; did you mean "${near}"?` : ""}`,
    received,
    allowed: known,
    fix: "name one of them",
  });
}

export function nothingOfTheKind(component: string, what: string, why: string): DeclarationError {
  return failure(component, { code: "PU502", path: what, message: why, fix: "do not use it, or declare it" });
}

export function unreadableState(stack: string, thrown: unknown): DeclarationError {
  const message =
    String((thrown as { message?: unknown } | null)?.message ?? thrown)
      .trim()
      .split("\n", 1)[0] ?? "";
  const fix = "see that `pulumi stack export` works with the same login; what is retired needs it, to be forgotten";
  return new DeclarationError(`stack ${show(stack)}`, [
    { code: "PU503", path: "lock", message: `${pulumiCodes.PU503}: ${show(message)}`, fix },
  ]);
}
