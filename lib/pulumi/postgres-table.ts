import * as pulumi from "@pulumi/pulumi";
import { tableModel, type ColumnProps, type TableProps } from "../postgres/table-props";
import { withProviders, type Providers } from "./connections";
import { childName } from "./placement";
import { Table, type TableArgs } from "./postgres";
import { REMOVAL } from "./rows";

export interface PostgresTableArgs<
  Columns extends Readonly<Record<string, ColumnProps>> = Readonly<Record<string, ColumnProps>>,
> extends TableProps<Columns> {
  /**
   * Who declares it: kept in the last line of the table's comment. A table with another's mark is never touched.
   * @default - the component's name
   */
  readonly declaredBy?: string;
  /**
   * What happens when it leaves the program: refused, forgotten (kept on the server), or dropped when it has no rows.
   * @default "refuse"
   */
  readonly removal?: keyof typeof REMOVAL;
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
  /** The table itself; its `name` and `schema` are outputs, so what uses them comes after it. */
  readonly table: Table;

  constructor(name: string, args: PostgresTableArgs<Columns>, opts: pulumi.ComponentResourceOptions = {}) {
    super("eventloom:index:PostgresTable", name, {}, withProviders(args.providers, opts));
    const { declaredBy = name, removal = "refuse" } = args;
    this.table = new Table(
      childName(name, "table"),
      { ...(tableModel(args) as unknown as TableArgs), declaredBy, removal },
      { parent: this, ...REMOVAL[removal] },
    );
    this.registerOutputs({});
  }
}
