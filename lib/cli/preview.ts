import { budgetOf, budgetTree } from "../preview/budget";
import { reportTopology } from "../preview/render-json";
import { reportGenerations } from "../preview/generation-phases";
import { renderText } from "../preview/render-text";
import { renderTree, type TextStyle } from "../preview/tree";
import type { CompiledDomain } from "./compile-domains";
import { lockBeside } from "./lock";
import { subcommands } from "./subcommands";
import { writtenTo } from "./output-file";
import { type CommandResult, finding, refusal } from "./result";
import { withWarnings } from "./warnings";

/** What a preview shows beside the tree. */
export interface PreviewOptions {
  /** The most resources that each domain may have; null for any number. */
  readonly budget: number | null;
  /** Shows how many resources each thing of the declaration costs. */
  readonly costs: boolean;
  /** The file to write a page to instead; null for none. */
  readonly html: string | null;
}

/** What each domain becomes. */
export function preview(domains: readonly CompiledDomain[], style: TextStyle, options: PreviewOptions): CommandResult {
  return withWarnings(domains, previewed(domains, style, options));
}

function previewed(domains: readonly CompiledDomain[], style: TextStyle, options: PreviewOptions): CommandResult {
  const budgets = domains.map(({ topology }) => budgetOf(topology));
  const most = options.budget ?? Infinity;
  const above = domains.filter(({ topology }) => topology.resources.length > most);
  if (above.length > 0) {
    return refusal(
      above.map(({ module, topology: { domain, resources } }) =>
        finding("CL520", module, `"${domain}" costs ${resources.length}, and may cost ${most}`),
      ),
    );
  }
  if (options.html !== null) {
    const page = subcommands.htmlPage()(
      domains.map(({ topology }) => topology),
      null,
    );
    return writtenTo(options.html, {
      exitCode: 0,
      text: page,
      json: { exitCode: 0, file: options.html, findings: [] },
    });
  }
  const generations = domains.map((each) => reportGenerations(each.topology, lockBeside(each, null)));
  const trees = domains.map(({ topology }, index) => renderText(topology, style, generations[index]));
  const costs = !options.costs ? [] : budgets.map((each) => renderTree(budgetTree(each), style));
  return {
    exitCode: 0,
    text: [...trees, ...costs].join("\n"),
    json: {
      exitCode: 0,
      domains: domains.map(({ module, topology }, index) => ({
        module,
        ...reportTopology(topology),
        budget: budgets[index],
        olderGenerations: generations[index],
      })),
      findings: [],
    },
  };
}
