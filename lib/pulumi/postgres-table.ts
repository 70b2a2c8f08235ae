import * as pulumi from "@pulumi/pulumi";
import type { AcceptanceInput } from "../domain/acceptance-input";
import { leanTable } from "../postgres/defaults";
import type { Removal, TableModel } from "../postgres/model";
import { tableModel, type ColumnProps, type TableProps } from "../postgres/table-props";
import { withProviders, type Providers } from "./connections";
import { childName } from "./placement";
import { Table, type TableArgs } from "./postgres";
import { REMOVAL } from "./rows";

/** What {@link PostgresTable} takes. */
export interface PostgresTableArgs<
  Columns extends Readonly<Record<string, ColumnProps>> = Readonly<Record<string, ColumnProps>>,
> extends TableProps<Columns> {
  /**
   * Who declares it: kept in the last line of the table's comment. A table with another's mark is never touched.
   * @default - the component's name
   */
  readonly declaredBy?: string;
  /**
   * What happens when it leaves the program: refused, forgotten (it stays as it is), retired (nobody may use it any more, and it is
   * moved into the schema `<schema>_retired` with its rows), or dropped when it has no rows.
   * @default "refuse"
   */
  readonly removal?: Removal;
  /**
   * Changes that are refused by themselves, approved in writing: `{ change: 'app.orders: drop column "note" text', reason: "…" }`, as
   * the refusal names them. Each approves that change of that table with the deploy that brings it, and nothing later: the same change
   * again needs another reason. What would make the table anew, or drop it with rows, can't be accepted.
   * @default []
   */
  readonly accept?: readonly AcceptanceInput[];
  /**
   * The database.
   * @default - the component's `opts.providers`, else the stack's configuration or the PG* variables
   */
  readonly providers?: Pick<Providers, "eventloom">;
}

/** Any table. Changes go only forward: what would lose rows is refused, in the preview already. */
export class PostgresTable<
  const Columns extends Readonly<Record<string, ColumnProps>> = Readonly<Record<string, ColumnProps>>,
>
  extends pulumi.ComponentResource
{
  /** What the arguments mean, as plain data. */
  readonly model: TableModel;
  /** The table itself, for `dependsOn`. */
  readonly table: Table;

  constructor(name: string, args: PostgresTableArgs<Columns>, opts: pulumi.ComponentResourceOptions = {}) {
    super("eventloom:index:PostgresTable", name, {}, withProviders(args.providers, opts));
    const { declaredBy = name, removal = "refuse", accept = [] } = args;
    this.model = tableModel(args);
    this.table = new Table(
      childName(name, "table"),
      {
        ...(leanTable(this.model) as unknown as TableArgs),
        declaredBy,
        removal,
        ...(accept.length === 0 ? {} : { accept }),
      },
      { parent: this, ...REMOVAL[removal] },
    );
    this.registerOutputs({});
  }

  /** Its name, as an output: what uses it comes after the table. */
  get name(): pulumi.Output<string> {
    return this.table.name;
  }

  /** The schema that it is in, as an output. */
  get schema(): pulumi.Output<string> {
    return this.table.schema;
  }

  /** The columns' names, as outputs: what uses one comes after the table. */
  get columns(): { readonly [C in keyof Columns & string]: pulumi.Output<string> } {
    const outputs = this.model.columns.map(({ name }) => [name, this.table.schema.apply(() => name)]);
    return Object.fromEntries(outputs) as { readonly [C in keyof Columns & string]: pulumi.Output<string> };
  }
}
