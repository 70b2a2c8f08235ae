import { Construct } from "constructs";
import type { AcceptanceInput } from "../domain/acceptance-input";
import { validateAcceptances } from "../postgres/acceptance";
import { formatId } from "../postgres/import-id";
import { tableModel, type ColumnProps, type TableProps } from "../postgres/table-props";
import type { Removal, TableModel } from "../postgres/model";
import { validateTable } from "../postgres/validate";
import type { Providers } from "./connections";
import type { Engine } from "./engine";
import { TableHandle } from "./handles";
import { Placement } from "./placement";
import { asTemplate, checkModel } from "./postgres-object";

/** What {@link PostgresTableBase PostgresTable} takes. */
export interface PostgresTableProps<Columns extends Readonly<Record<string, ColumnProps>>> extends TableProps<Columns> {
  /**
   * What happens when it leaves the stack: refused at plan, forgotten (it stays as it is), retired (nobody may use it any
   * more, and it is moved into the schema `<schema>_retired` with its rows), or dropped when it has no rows.
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
   * Who declares it: kept in the last line of the table's comment. A table that somebody else has marked is not touched.
   * @default - the construct's path
   */
  readonly declaredBy?: string;
  /**
   * The database: `providers.eventloom`.
   * @default - the stack's provider `eventloom` without an alias
   */
  readonly providers?: Pick<Providers, "eventloom">;
}

/** @see the classes of the same name in `eventloom/cdktf` and `eventloom/cdktn` */
export abstract class PostgresTableBase<Columns extends Readonly<Record<string, ColumnProps>>> extends Construct {
  /** What the props mean, as plain data. */
  readonly model: TableModel;
  readonly #handle: TableHandle<keyof Columns & string>;

  protected constructor(engine: Engine, scope: Construct, id: string, props: PostgresTableProps<Columns>) {
    super(scope, id);
    const { removal = "refuse", declaredBy = this.node.path, accept = [], providers = {} } = props;
    this.model = tableModel(props);
    checkModel(engine, "table", this.node.path, [...validateTable(this.model), ...validateAcceptances(accept)]);
    const placement = new Placement(engine, this, declaredBy, { providers });
    const key = `${this.model.schema}.${this.model.name}`;
    const base = { part: "domain", path: this.node.path, protect: false, dependsOn: [], key } as const;
    const resource = placement.add(
      this,
      { ...base, kind: "postgres-table", definition: this.model, removal, accept },
      "table",
    );
    this.#handle = new TableHandle(
      resource,
      this.model.columns.map((each) => each.name),
    );
  }

  /** The table, for `dependsOn`. */
  get table(): TableHandle<keyof Columns & string> {
    return this.#handle;
  }

  /** Its name, as a reference: what uses it comes after the table. */
  get name(): string {
    return this.#handle.name;
  }

  /** The schema that it is in, as a reference. */
  get schema(): string {
    return this.#handle.schema;
  }

  /**
   * Takes over the table of this name that is there already, by an import block: the next deploy changes nothing of it but its
   * comment, which says who declares it. Afterwards the block does nothing.
   */
  importExisting(): void {
    this.#handle.resource.importFrom(asTemplate(formatId(this.model.schema, this.model.name)));
  }

  /** The columns' names, as references. */
  get columns(): { readonly [C in keyof Columns & string]: string } {
    return this.#handle.columns;
  }
}
