import fc from "fast-check";
import { compile, type Resource, type Topology } from "eventloom";
import { orders } from "../../../examples/orders/domain";
import { diffTopologies } from "../../../lib/preview/diff/diff-locks";
import { escapeMarkdown, fence } from "../../../lib/preview/report/escape-markdown";
import { renderDiffMarkdown } from "../../../lib/preview/report/render-diff-markdown";
import { renderDiffText } from "../../../lib/preview/report/render-diff-text";

const base = compile(orders);

function changed(name: string, partitions: number): Topology {
  const resources = base.resources.map((each) =>
    each.key === "topic/OrderPaid" ? ({ ...each, name, partitions } as Resource) : each,
  );
  return { ...base, resources };
}

const grown = diffTopologies(base, changed("orders.paid", 24));

describe("the comment", () => {
  test("is empty where nothing has changed", () => {
    expect(renderDiffMarkdown([diffTopologies(base, base)])).toBe("");
  });

  test("says the worst first, what happens, whom it concerns, the way out and how to accept it", () => {
    const comment = renderDiffMarkdown([grown]);
    expect(comment.split("\n")[0]).toBe("## ⚠️ Topology: 1 change, with risks");
    for (const part of [
      "**breaks order**",
      "partitions grow from 12 to 24",
      "consumer analytics",
      "stop the relay",
      "To accept exactly this",
    ]) {
      expect(comment).toContain(part);
    }
  });

  test("stays below the limit whatever there is to say, keeps the worst and says what is missing", () => {
    const many = diffTopologies(null, base);
    const refused = diffTopologies(base, changed("orders.paid", 6));
    const all = [many, refused, ...Array.from({ length: 40 }, () => many)];
    const comment = renderDiffMarkdown(all, { artifactUrl: "https://example.org/a(b)" });
    expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(65_000);
    expect(comment).toContain("partitions shrink from 12 to 6");
    expect(comment).toMatch(
      /_\d+ more not shown here, the least important ones._ \[All of it\]\(https:\/\/example.org\/a%28b%29\)/,
    );
  });

  test("lets no name be more than a name", () => {
    const hostile = "a`|<img src=x onerror=alert(1)>[x](http://evil)@everyone #1\u202e\u001b[2J\n# h";
    const comment = renderDiffMarkdown([diffTopologies(base, changed(hostile, 24))]);
    expect(comment).not.toMatch(/<img|\]\(http|@everyone| #1|\u202e|\u001b|\n# h/);
    expect(renderDiffText([diffTopologies(base, changed(hostile, 24))])).not.toMatch(/\u001b/);
  });
});

test("no text escapes from Markdown or from a fence", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(escapeMarkdown(text).replace(/&#\d+;/g, "")).not.toMatch(/[<>`*_[\]()|\\@!~]/);
      const [open, ...rest] = fence("sql", text).split("\n");
      const ticks = (open ?? "").replace("sql", "");
      expect(rest.slice(0, -1).some((line) => line.includes(ticks))).toBe(false);
    }),
  );
});

test("the tree for a terminal says the same", () => {
  expect(renderDiffText([grown])).toBe(
    [
      "orders  1 risky; 1 updated",
      "├─ RISKY: somebody has to think first",
      "│  └─ update topic orders.paid  aggregates.Order.events.OrderPaid",
      "│     ├─ BREAKS ORDER KF201 partitions grow from 12 to 24",
      "│     │  ├─ what happens  keys move to other partitions at once: while older messages wait, a later one of the same aggregate may come first; taken by analytics",
      "│     │  ├─ the way out   stop the relay, let every consumer read to the end, deploy, start the relay again; or declare events.OrderPaid with generation: 2, beside the old one",
      '│     │  └─ to accept     accept: [{ change: "topic/OrderPaid partitions 12 -> 24", reason: "…" }]',
      "│     └─ concerns  consumer analytics",
      "└─ order to deploy",
      "   └─ 1. deploy orders: its topics, queues and tables",
      "",
    ].join("\n"),
  );
  expect(renderDiffText([diffTopologies(base, base)])).toBe("orders  no changes\n");
});
