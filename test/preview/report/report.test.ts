import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { compile, type Resource, type Topology } from "eventloom";
import { orders } from "../../../examples/orders/domain";
import { diffTopologies } from "../../../lib/preview/diff/diff-locks";
import { escapeMarkdown, fence } from "../../../lib/preview/report/escape-markdown";
import { renderDiffMarkdown } from "../../../lib/preview/report/render-diff-markdown";
import { renderDiffText } from "../../../lib/preview/report/render-diff-text";
import { hostileText, withTopic } from "./hostile";

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

  test("tells the findings that nobody has accepted before everything else, what cannot be undone aloud", () => {
    const gone = { ...base, resources: base.resources.filter(({ key }) => key !== "topic/OrderPaid") };
    const lines = renderDiffMarkdown([diffTopologies(base, gone)]).split("\n");
    expect(lines[0]).toBe("## ⛔ Topology: 1 change, refused as it is");
    expect(lines[2]).toBe(
      "- ⛔ **loses data** **DESTROY** topic orders.paid: gone without being retired; concerns consumer analytics",
    );
    const acceptances = [{ change: "topic/OrderPaid partitions 12 -> 24", reason: "nobody lags on Sundays" }];
    const accepted = diffTopologies(base, { ...changed("orders.paid", 24), acceptances });
    expect(renderDiffMarkdown([accepted])).toContain("Accepted: nobody lags on Sundays");
    expect(renderDiffMarkdown([accepted])).not.toMatch(/^- ⚠️/m);
  });

  test("has a table by domain and a small picture of what changes and what is beside it", () => {
    const comment = renderDiffMarkdown([grown], { topologies: [base] });
    expect(comment).toContain("| ⚠️ orders | 1 risky | 1 updated |  |");
    const picture = /```mermaid\n([^]*?)\n```/.exec(comment)?.[1];
    expect(picture).toContain('[["~ orders.paid"]]');
    expect(picture).toContain('("analytics")');
    expect(picture).not.toContain("orders.shipped");
    expect(renderDiffMarkdown([grown])).not.toContain("mermaid");
  });

  test("can be copied from to accept a risk", () => {
    const comment = renderDiffMarkdown([grown]);
    const [block] = tokensOf(comment).filter(({ type, info }) => type === "fence" && info === "ts");
    expect(block?.content).toBe('accept: [{ change: "topic/OrderPaid partitions 12 -> 24", reason: "…" }]\n');
  });

  test("lets no name be more than a name, for a parser of Markdown too", () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (name, path, domain) => {
        const head = {
          ...withTopic(base, "topic/OrderPaid", { name, path, partitions: 24 } as Partial<Resource>),
          domain,
        };
        const comment = renderDiffMarkdown([diffTopologies(base, head)], { topologies: [head] });
        const tokens = tokensOf(comment);
        const found = [...new Set(tokens.map(({ type }) => type))];
        expect(found.filter((each) => !EXPECTED.includes(each))).toEqual([]);
        expect(tokens.filter(({ type }) => type === "heading_open")).toHaveLength(1);
        const html = tokens.filter(({ type }) => type.startsWith("html")).map(({ content }) => content);
        for (const each of html) expect(each.replace(/&#\d+;/g, "")).toMatch(HTML);
        expect(comment).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e]/);
      }),
      { numRuns: 100, seed: 20 },
    );
  });

  test("mentions nobody and refers to nothing, since a space of no width stands between", () => {
    const head = changed("@everyone #1 org/repo#2 !3 GH-4", 24);
    const text = tokensOf(renderDiffMarkdown([diffTopologies(base, head)]))
      .filter(({ type }) => type === "inline" || type === "html_block")
      .map(({ content }) => content.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))))
      .join("\n");
    expect(text).toContain("@\u200beveryone #\u200b1");
    expect(text).not.toMatch(/@\w|#\d|!\d|GH-\d/);
  });
});

/** What a comment is made of. */
const EXPECTED = [
  ...["heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "html_block", "fence"],
  ...["bullet_list_open", "bullet_list_close", "ordered_list_open", "ordered_list_close"],
  ...["list_item_open", "list_item_close", "table_open", "table_close", "thead_open", "thead_close"],
  ...["tbody_open", "tbody_close", "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close"],
  ...["text", "text_special", "strong_open", "strong_close", "softbreak"],
];
const HTML = /^<details>(<summary>[^<>]*<\/summary>)\n?$|^<\/details>\n?$/;

const parser = new MarkdownIt({ html: true, linkify: true });
// a host makes links of addresses with a scheme or www. alone
parser.linkify.set({ fuzzyEmail: false, fuzzyIP: false });

function tokensOf(text: string) {
  return parser.parse(text, {}).flatMap((each) => [each, ...(each.children ?? [])]);
}

test("no text escapes from Markdown or from a fence", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(escapeMarkdown(text).replace(/&#\d+;/g, "")).not.toMatch(/[<>`*_[\]()|\\@!~#]|:\S/);
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
