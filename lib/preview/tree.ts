import { printable } from "./printable";

/** What a text preview is made of, before it is text. */
export interface TreeNode {
  readonly label: string;
  /**
   * What is said about it, in a column beside its siblings' labels.
   * @default - nothing
   */
  readonly detail?: string;
  /**
   * What belongs to it.
   * @default []
   */
  readonly children?: readonly TreeNode[];
}

/** How parts of a text are set off; {@link plainStyle} for files and pipes. */
export interface TextStyle {
  heading(text: string): string;
  aside(text: string): string;
}

/** No colour. */
export const plainStyle: TextStyle = { heading: (text) => text, aside: (text) => text };

/** A tree as lines, the details of siblings one below the other. Ends with a line feed. */
export function renderTree(root: TreeNode, style: TextStyle = plainStyle): string {
  return [nodeLine(root, 0, style), ...childLines(root, "", style)].map((line) => `${line}\n`).join("");
}

function childLines(parent: TreeNode, indent: string, style: TextStyle): readonly string[] {
  const children = parent.children ?? [];
  const width = Math.max(0, ...children.filter(isLeaf).map((each) => each.label.length));
  return children.flatMap((child, index) => {
    const last = index === children.length - 1;
    return [
      style.aside(`${indent}${last ? "└─ " : "├─ "}`) + nodeLine(child, width, style),
      ...childLines(child, `${indent}${last ? "   " : "│  "}`, style),
    ];
  });
}

function isLeaf(node: TreeNode): boolean {
  return (node.children ?? []).length === 0;
}

function nodeLine(node: TreeNode, width: number, style: TextStyle): string {
  const label = isLeaf(node) ? printable(node.label) : style.heading(printable(node.label));
  if (node.detail === undefined || node.detail === "") return label;
  const gap = isLeaf(node) ? " ".repeat(Math.max(0, width - node.label.length) + 2) : "  ";
  return `${label}${gap}${style.aside(printable(node.detail))}`;
}
