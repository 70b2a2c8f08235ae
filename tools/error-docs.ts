import { commandIssues } from "../lib/cli/issues";
import { declarationIssues, declarationWarnings } from "../lib/domain/issues";
import { lockIssues } from "../lib/lock/issues";
import { postgresCodes } from "../lib/postgres/errors";
import { riskCodes } from "../lib/preview/risks/codes";
import { planCodes } from "../lib/preview/engine-plan";
import { providerCodes } from "../lib/provider/errors";
import { pulumiCodes } from "../lib/pulumi/errors";
import { terraformCodes } from "../lib/terraform/errors";

/** One table of codes in the library. */
interface CodeTable {
  readonly heading: string;
  /** Who reports them and when. */
  readonly when: string;
  readonly codes: Readonly<Record<string, string | { readonly title: string; readonly fix: string }>>;
}

const tables: readonly CodeTable[] = [
  {
    heading: "Declarations",
    when: "Thrown by `defineDomain()`, all issues of a declaration at once, and reported by `eventloom check`.",
    codes: declarationIssues,
  },
  {
    heading: "Warnings of declarations",
    when: "Kept in `domain.warnings`, said by `eventloom check`, `lock` and `preview` on standard error, and at every synth and `pulumi preview`. They change no exit code.",
    codes: declarationWarnings,
  },
  {
    heading: "What a change does",
    when: "Told by `eventloom diff`, with a class: safe, risky or refused. The changes of tables that are refused have the codes of Postgres objects.",
    codes: riskCodes,
  },
  {
    heading: "Locks",
    when: "Reported by `eventloom lock` and `eventloom diff`.",
    codes: lockIssues,
  },
  {
    heading: "Postgres objects",
    when:
      "PG40x and PG41x: changes that are refused, at plan and again at apply. PG42x: mistakes in a declared table or function. " +
      "PG430: import ids. The message says which change, and the way out.",
    codes: postgresCodes,
  },
  {
    heading: "The table provider",
    when: "Reported by the table provider to `cdktf`, `tofu`, `terraform` and `pulumi`, at plan or apply.",
    codes: providerCodes,
  },
  {
    heading: "Constructs for cdktf and cdktn",
    when: "Thrown when a construct is made, or reported by the engine's validation at synth.",
    codes: terraformCodes,
  },
  {
    heading: "Components for Pulumi",
    when: "Thrown when a component is made or a handle is asked for.",
    codes: pulumiCodes,
  },
  {
    heading: "Plans of the engines",
    when: "PL90x: files that are no plan. PL91x: where a plan of Terraform, OpenTofu or Pulumi departs from what the locks say.",
    codes: planCodes,
  },
  {
    heading: "The command",
    when: "Reported by `eventloom`.",
    codes: commandIssues,
  },
];

/** Every code of the library, in the order in which the documentation has them. */
export const allCodes: readonly string[] = tables.flatMap(({ codes }) => Object.keys(codes));

/** `docs/errors.md`, whole. */
export function renderErrorDocs(): string {
  const head = [
    "# Error codes",
    "",
    "Made from the code tables in `lib/` by `npx jiti tools/docs-errors.ts`. A code never changes its meaning and is never used again for another.",
    "",
    "Every issue has a code, the place in your declaration, the value found there, the values allowed, and the fix:",
    "",
    "```",
    'ED110 consumers.billing.on[0]: unknown event, got "OrderCreatd"; allowed: OrderCreated, OrderPaid; did you mean "OrderCreated"? (fix: name an event of one of the domain\'s aggregates)',
    "```",
  ];
  return `${[...head, ...tables.flatMap(renderTable)].join("\n")}\n`;
}

function renderTable({ heading, when, codes }: CodeTable): readonly string[] {
  const rows = Object.entries(codes).map(([code, row]) =>
    typeof row === "string" ? `| ${code} | ${cell(row)} |` : `| ${code} | ${cell(row.title)} | ${cell(row.fix)} |`,
  );
  const hasFix = Object.values(codes).some((row) => typeof row !== "string");
  const header = hasFix ? ["| code | what | fix |", "|---|---|---|"] : ["| code | what |", "|---|---|"];
  return ["", `## ${heading}`, "", when, "", ...header, ...rows];
}

function cell(text: string): string {
  return text.replace(/\|/g, "\\|");
}
