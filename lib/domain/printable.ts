/**
 * What a terminal obeys, and what turns the direction of text, hides some of it or is half a character: nobody names a topic so
 * without an intention. C0 and C1 controls, and the format characters that UAX 9 and UTS 39 warn of.
 */
export const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]/gu;

/** A name or a message on a terminal: it must not be able to give orders, nor to pass for another one. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, "\ufffd");
}
