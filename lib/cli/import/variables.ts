/** Words that are no name of a property's shorthand or of a variable, and names that the program has itself. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    "abstract any arguments as async await boolean break case catch class const constructor continue debugger declare " +
    "default delete do else enum eval export extends false finally for from function get if implements import in " +
    "infer instanceof interface is keyof let module namespace never new null number object of package private " +
    "protected public readonly require return set static string super switch symbol this throw true try type typeof " +
    "undefined unique unknown var void while with yield scope Construct PostgresTable Object __proto__"
  ).split(" "),
);

/**
 * A variable's name for each table, none twice: `order_items` becomes `orderItems`. The same names always give the same variables;
 * of several tables that ask for one, the first has it.
 */
export function variablesFor(names: readonly string[]): ReadonlyMap<string, string> {
  const used = new Set<string>();
  return new Map(
    names.map((name) => {
      const base = variableFrom(name);
      let variable = base;
      for (let next = 2; used.has(variable); next++) variable = `${base}${next}`;
      used.add(variable);
      return [name, variable];
    }),
  );
}

/** The name itself where it can be one: `order_items` becomes `orderItems`. */
export function variableFrom(name: string): string {
  const [first = "", ...rest] = name.normalize("NFC").match(/[\p{L}\p{N}]+/gu) ?? [];
  const camel = lowered(first) + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  const legal = /^[\p{ID_Start}][\p{ID_Continue}]*$/u.test(camel);
  if (legal && !TAKEN.has(camel)) return camel;
  if (legal) return `${camel}Table`;
  const kept = [...camel].filter((each) => /\p{ID_Continue}/u.test(each)).join("");
  return `table${kept}`;
}

/** `Orders` becomes `orders`, `HTTPLog` stays. */
function lowered(word: string): string {
  return /^\p{Lu}\p{Lu}/u.test(word) ? word : word.charAt(0).toLowerCase() + word.slice(1);
}

/** The beginning of a function's name in what is made for a schema: `app` becomes `App`. */
export function capital(variable: string): string {
  return variable.charAt(0).toUpperCase() + variable.slice(1);
}
