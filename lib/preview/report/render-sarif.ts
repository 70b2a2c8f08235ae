import { createHash } from "node:crypto";
import type { Location, Log, ReportingDescriptor, Result } from "sarif";
import { postgresCodes } from "../../postgres/errors";
import type { Change, Finding } from "../diff/types";
import { type RiskCode, riskCodes } from "../risks/codes";
import { legible } from "./escape-markdown";
import { type Place, type Places, placesOf, type SourcedDiff } from "./places";
import { levelOf, reportLines } from "./reported";

type AreaOf<Code extends string> = Code extends `${infer First}${infer Second}${infer _}` ? `${First}${Second}` : never;

/** What a rule is about, by the letters that its code begins with. */
const AREAS: Readonly<Record<AreaOf<RiskCode>, string>> = {
  KF: "a change of a Kafka topic",
  RM: "a change of an exchange, a queue, a policy or a binding of RabbitMQ",
  PG: "a change of a Postgres object",
  RN: "a rename, which changes nothing on a server",
  SC: "a change of what is sent: the schema of an event or a command",
  SG: "a change of a saga, which instances may be running through",
};

const HELP =
  "An error cannot be done this way: the result names the way out. A warning is something to think about first: make sure of what the result says, then accept exactly it in the declaration, with a reason. A note has been accepted.";

/**
 * What somebody has to look at, as SARIF 2.1.0: what is refused, risky or accepted. What is safe is no result. Ends with a line feed.
 *
 * @param version - of eventloom
 */
export function renderSarif(diffs: readonly SourcedDiff[], version: string): string {
  const results = diffs.flatMap(resultsOf);
  const log: Log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "eventloom", version, rules: rulesOf(results) } },
        automationDetails: { id: "eventloom/" },
        originalUriBaseIds: { [ROOT]: { description: { text: "the top folder of the repository" } } },
        columnKind: "utf16CodeUnits",
        results: [...results],
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const ROOT = "%SRCROOT%";

function rulesOf(results: readonly Result[]): ReportingDescriptor[] {
  const codes = [...new Set(results.map(({ ruleId }) => ruleId ?? ""))].sort();
  return codes.map((code) => {
    const titles: Readonly<Record<string, string>> = { ...riskCodes, ...postgresCodes };
    const about = (AREAS as Readonly<Record<string, string>>)[code.slice(0, 2)];
    const title = titles[code] ?? code;
    return {
      id: code,
      shortDescription: { text: title },
      fullDescription: { text: about === undefined ? title : `${title}: ${about}` },
      help: { text: `${title}. ${HELP}` },
    };
  });
}

function resultsOf(source: SourcedDiff): readonly Result[] {
  const places = placesOf(source);
  return source.diff.changes.flatMap((change) =>
    change.findings
      .filter((finding) => finding.class !== "safe")
      .map((finding) => result(source.diff.domain, change, finding, places)),
  );
}

function result(domain: string, change: Change, finding: Finding, places: Places): Result {
  const module = places.inModule(change);
  const print = fingerprint(domain, change, finding);
  return {
    ruleId: finding.code,
    level: levelOf(finding),
    message: { text: reportLines(change, finding).map(plain).join("\n") },
    locations: [{ ...location(places.inLock(change, finding)), logicalLocations: [logical(domain, change)] }],
    ...(module === null ? {} : { relatedLocations: [{ id: 1, ...location(module), message: { text: "declared here" } }] }), // prettier-ignore
    partialFingerprints: { "eventloomFinding/v1": print, primaryLocationLineHash: `${print}:1` },
    ...(finding.accepted === null
      ? {}
      : { suppressions: [{ kind: "inSource", status: "accepted", justification: plain(finding.accepted) }] }),
    properties: { ...finding.facts, class: finding.class, action: change.action },
  };
}

function location({ file, line }: Place): Location {
  const uri = legible(file).split("/").map(encodeURIComponent).join("/");
  return { physicalLocation: { artifactLocation: { uri, uriBaseId: ROOT }, region: { startLine: line } } };
}

function logical(domain: string, { key, name, path }: Change) {
  return { name: legible(name), fullyQualifiedName: legible(`${domain}: ${path}: ${key}`), kind: "resource" };
}

/** The same for as long as the same is said of the same thing, wherever it stands. */
function fingerprint(domain: string, { key }: Change, { code, id, title }: Finding): string {
  return createHash("sha256")
    .update(JSON.stringify([domain, key, code, id, title]))
    .digest("hex")
    .slice(0, 32);
}

/** Text in which a viewer finds no link and no place to fill in (SARIF 2.1.0, 3.11.5 and 3.11.6). */
function plain(text: string): string {
  return legible(text)
    .replace(/\](?=\()/g, "] ")
    .replace(/\{(?=\d+\})/g, "{ ");
}
