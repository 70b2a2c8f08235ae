/** Evaluates expressions of GitHub Actions: JSON of texts and contexts on standard input, JSON of results on standard output. */
async function main(): Promise<void> {
  const { data, Evaluator, Lexer, Parser } = await import("@actions/expressions");
  const { texts, contexts } = (await readJson()) as { texts: string[]; contexts: Record<string, unknown> };

  function dataOf(value: unknown): InstanceType<typeof data.Dictionary> | InstanceType<typeof data.StringData> {
    if (value === null || value === undefined) return new data.Null() as never;
    if (typeof value === "number") return new data.NumberData(value) as never;
    if (typeof value !== "object") return new data.StringData(String(value));
    const pairs = Object.entries(value).map(([key, each]) => ({ key, value: dataOf(each) }));
    return new data.Dictionary(...pairs);
  }

  const known = dataOf(contexts) as InstanceType<typeof data.Dictionary>;
  const evaluated = texts.map((text) =>
    text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => {
      const parser = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), []);
      return new Evaluator(parser.parse(), known).evaluate().coerceString();
    }),
  );
  process.stdout.write(JSON.stringify(evaluated));
}

async function readJson(): Promise<unknown> {
  let text = "";
  for await (const part of process.stdin) text += String(part);
  return JSON.parse(text);
}

void main();
