/** What a lock file's bytes say. */
export interface LockFileText {
  readonly text: string;
  /** Whether the text is what the file's bytes say. */
  readonly isUtf8: boolean;
}

/** A file's bytes as text, whatever they are. */
export function lockText(bytes: Uint8Array): LockFileText {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  // a mark that stands for a character that could not be read may also be what was written
  const isUtf8 = !text.includes("\ufffd") || Buffer.from(text).equals(bytes);
  return { text, isUtf8 };
}
