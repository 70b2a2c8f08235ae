import fc from "fast-check";
import type { Resource, Topology } from "eventloom";

/** Names as an attacker chooses them: syntax of every form that eventloom writes, and characters that steer what reads them. */
export const hostileText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ..."`|<>[](){}!#*_~$@:,%&\\\"'-+=\n\r\t".split(""),
          "\n# h\n",
          "```\n",
          "</details>",
          "<!--",
          "-->",
          "<img src=x onerror=alert(1)>",
          "[x](https://evil.example)",
          "![x](//evil.example/p.png)",
          "https://evil.example/?a=b",
          "www.evil.example",
          "@everyone",
          "GH-1",
          "::error::",
          "::set-output name=a::b",
          "##[error]",
          "%0A::error::x",
          "{0}",
          "\u202e",
          "\u061c",
          "\u200b",
          "\ufeff",
          "\u001b[2J",
          "\u009b31m",
          "\u2028",
          "\ud800",
          'x"]; click n0 "javascript:alert(1)"',
        ),
        fc.string({ maxLength: 4 }),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join("")),
);

/** A topology whose topic of an event has another name, path and number of partitions. */
export function withTopic(base: Topology, key: string, other: Partial<Resource>): Topology {
  return {
    ...base,
    resources: base.resources.map((each) => (each.key === key ? ({ ...each, ...other } as Resource) : each)),
  };
}
