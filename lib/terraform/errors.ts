import { DeclarationError, nearest, show, type Issue } from "../domain/issues";

/** What can be wrong with how constructs are put into a stack; codes never change their meaning. */
export const terraformCodes = {
  TF501: "the stack belongs to another engine",
  TF502: "the stack has no such provider",
  TF503: "a provider of another kind",
  TF504: "created twice in one stack",
  TF505: "no such part of the domain",
  TF506: "HCL output is not supported",
  TF507: "the table provider is not built",
  TF508: "the domain has nothing of the kind",
  TF509: "the bundled provider has one version only",
} as const;

export type TerraformCode = keyof typeof terraformCodes;

interface Details {
  readonly code: TerraformCode;
  readonly path: string;
  readonly detail: string;
  readonly received?: string;
  readonly allowed?: string;
  readonly fix: string;
}

function failure(subject: string, { detail, ...issue }: Details): DeclarationError {
  const found: Issue = { ...issue, message: `${terraformCodes[issue.code]}: ${detail}` };
  return new DeclarationError(subject, [found]);
}

/** Which package a stack's class comes from. */
export interface Origin {
  readonly name: string;
  readonly version: string;
}

export function otherEngine(path: string, engine: "cdktf" | "cdktn", found: Origin): DeclarationError {
  const secondCopy = found.name === engine;
  return failure(`construct ${show(path)}`, {
    code: "TF501",
    path,
    detail: secondCopy
      ? `the stack comes from a second copy of ${engine} (${found.version})`
      : `this construct is for ${engine}, the stack comes from ${found.name} ${found.version}`,
    received: `${found.name} ${found.version}`,
    allowed: `a TerraformStack of the "${engine}" package that "eventloom/${engine}" imports`,
    fix: secondCopy
      ? `let the package manager install one copy of ${engine} (npm ls ${engine})`
      : `import the construct from "eventloom/${found.name}", or the stack from "${engine}"`,
  });
}

/** The text of a validation, which the engine reports together with all others. */
export function missingProvider(provider: string, users: readonly string[], aliases: readonly string[]): string {
  const known =
    aliases.length === 0
      ? ""
      : `; the stack has it under ${aliases.map(show).join(", ")} only, which nobody uses unasked`;
  const className = `${provider[0]?.toUpperCase()}${provider.slice(1)}Provider`;
  return (
    `TF502 ${terraformCodes.TF502}: ${show(provider)} is needed by ${users.slice(0, 3).join(", ")}` +
    `${users.length > 3 ? ` and ${users.length - 3} more` : ""}${known}` +
    ` (fix: add new ${className}(this, "${provider}", { … }) to the stack, or give one in \`providers\`)`
  );
}

export function wrongProvider(path: string, expected: string, received: string): DeclarationError {
  return failure(`construct ${show(path)}`, {
    code: "TF503",
    path: `providers.${expected}`,
    detail: `got ${show(received)}; allowed: ${show(expected)}`,
    received,
    allowed: expected,
    fix: `give a provider whose local name is ${show(expected)}`,
  });
}

export function createdTwice(path: string, key: string, domain: string, other: string): DeclarationError {
  return failure(`construct ${show(path)}`, {
    code: "TF504",
    path,
    detail: `${show(key)} of the domain ${show(domain)} is created by ${show(other)} already`,
    received: key,
    allowed: "one construct for each resource of a domain",
    fix: "use one EventDrivenDomain, which has all parts and what they share",
  });
}

export function unknownPart(
  path: string,
  property: string,
  received: string,
  allowed: readonly string[],
): DeclarationError {
  const near = nearest(received, allowed);
  return failure(`construct ${show(path)}`, {
    code: "TF505",
    path: property,
    detail: `got ${show(received)}; allowed: ${allowed.join(", ") || "nothing here"}${near ? `; did you mean "${near}"?` : ""}`,
    received,
    allowed: allowed.join(", "),
    fix: "name one of them",
  });
}

export function noHcl(path: string): DeclarationError {
  return failure(`construct ${show(path)}`, {
    code: "TF506",
    path,
    detail: "these constructs are written as JSON",
    received: "HCL",
    allowed: "JSON",
    fix: "leave out --hcl and SYNTH_HCL_OUTPUT",
  });
}

export function providerNotBuilt(file: string): DeclarationError {
  return failure("the bundled table provider", {
    code: "TF507",
    path: "EventloomProvider",
    detail: `${file} is missing`,
    received: "nothing",
    allowed: "the files of the published package",
    fix: "install the package again, or in a checkout of it run: npm run build",
  });
}

export function nothingOfTheKind(path: string, what: string, why: string): DeclarationError {
  return failure(`construct ${show(path)}`, {
    code: "TF508",
    path: what,
    detail: why,
    fix: "do not use it, or declare it",
  });
}

export function versionWithoutSource(path: string, version: string): DeclarationError {
  return failure(`construct ${show(path)}`, {
    code: "TF509",
    path: "version",
    detail: `got ${show(version)} without a source`,
    received: version,
    allowed: "left out where `source` is left out",
    fix: "leave it out, or say with `source` where that version is hosted",
  });
}
