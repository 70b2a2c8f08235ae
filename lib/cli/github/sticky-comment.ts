/** GitHub's number of a comment, which may grow beyond what a number holds. */
export type CommentNumber = number | bigint;

/** A comment of a pull request, as far as it is looked at. */
export interface KnownComment {
  readonly id: CommentNumber;
  readonly url: string;
  readonly author: string;
  readonly body: string;
}

/** What to do about the one comment of eventloom that a pull request has. */
export type CommentPlan =
  | { readonly action: "create"; readonly body: string }
  | {
      readonly action: "update" | "clear";
      readonly id: CommentNumber;
      readonly body: string;
      readonly obsolete: readonly CommentNumber[];
    }
  | {
      readonly action: "keep";
      readonly id: CommentNumber;
      readonly url: string;
      readonly obsolete: readonly CommentNumber[];
    }
  | { readonly action: "none" };

/** What a comment may be called: it stands in a hidden mark. */
export const COMMENT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The first line of every comment of that name; readers do not see it. */
export function markOf(id: string): string {
  return `<!-- eventloom comment: ${id} -->`;
}

/** What stands there when all that a comment told of has been taken back. */
const NOTHING = "## ✅ Topology: no changes\n\nWhat this pull request changed before, it does not change any more.";

/**
 * Decides what becomes of the one comment. Only what its author wrote under the mark is taken for it: what others quote is not.
 * One that tells of nothing any more is cleared and not deleted: who comes by a link finds out why, and replies keep their place.
 * Of several, as two runs at once may leave behind, the oldest stays.
 *
 * @param markdown - empty where nothing changes
 */
export function planComment(id: string, author: string, known: readonly KnownComment[], markdown: string): CommentPlan {
  const mark = markOf(id);
  const ours = known.filter((each) => each.author === author && each.body.split(/\r?\n/, 1)[0] === mark);
  const [first, ...others] = [...ours].sort((a, b) => (a.id < b.id ? -1 : 1));
  const body = `${mark}\n${markdown === "" ? NOTHING : markdown.trimEnd()}`;
  if (first === undefined) return markdown === "" ? { action: "none" } : { action: "create", body };
  const obsolete = others.map((each) => each.id);
  if (sameText(first.body, body)) return { action: "keep", id: first.id, url: first.url, obsolete };
  return { action: markdown === "" ? "clear" : "update", id: first.id, body, obsolete };
}

/** Hosts write line ends in their own way. */
function sameText(a: string, b: string): boolean {
  const plain = (text: string): string => text.replace(/\r\n/g, "\n").trimEnd();
  return plain(a) === plain(b);
}
