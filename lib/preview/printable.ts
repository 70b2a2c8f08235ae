/** A terminal obeys control characters; a name or a message must not be able to give it orders. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
}
