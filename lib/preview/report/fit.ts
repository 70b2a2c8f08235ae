/** A part of a text that is cut where there is no room for all. */
export interface Section {
  /** What matters most has the lowest; it is given room first. */
  readonly rank: number;
  /** Before and after the items; may be empty. Nothing of it stands there without an item. */
  readonly open: string;
  readonly close: string;
  /** In the order in which they are left out from the end. */
  readonly items: readonly Item[];
  /** Between the items. */
  readonly between: string;
  /** Whether an item that is left out is counted as something that the reader misses. */
  readonly counted: boolean;
}

/** Something that stands there whole, shortened or not at all. What has no room is not even made. */
export interface Item {
  readonly text: () => string;
  /** @default - it is not shortened */
  readonly short?: () => string;
}

export interface Fitted {
  /** The sections in their order, an empty line between two. */
  readonly text: string;
  /** How many counted items are left out or shortened. */
  readonly cut: number;
}

const GAP = "\n\n";

/** As many items as there is room for, those of the lowest rank first. @param room in bytes */
export function fitSections(sections: readonly Section[], room: number): Fitted {
  const texts = new Map<Section, string>();
  let left = room;
  let cut = 0;
  for (const section of [...sections].sort((a, b) => a.rank - b.rank)) {
    const taken = takeItems(section, left);
    if (section.counted) cut += taken.cut;
    if (taken.text === "") continue;
    texts.set(section, taken.text);
    left -= byteLength(taken.text) + GAP.length;
  }
  return { text: sections.flatMap((each) => texts.get(each) ?? []).join(GAP), cut };
}

function takeItems({ open, close, items, between }: Section, room: number): Fitted {
  const taken: string[] = [];
  let left = room - byteLength(open) - byteLength(close);
  let cut = 0;
  let full = false;
  for (const { text, short = text } of items) {
    const fits = (each: string): boolean => byteLength(each) + between.length <= left;
    const whole: string | null = full ? null : text();
    const fitting: string | undefined = whole === null ? undefined : fits(whole) ? whole : [short()].find(fits);
    // the order is that of importance: nothing stands there that matters less than what has no room
    full ||= fitting === undefined;
    if (fitting !== whole) cut++;
    if (fitting === undefined) continue;
    taken.push(fitting);
    left -= byteLength(fitting) + between.length;
  }
  return { text: taken.length === 0 ? "" : open + taken.join(between) + close, cut };
}

/** As UTF-8, which is never fewer than characters: safe whichever of the two a host counts. */
export function byteLength(text: string): number {
  let sum = 0;
  for (const each of text) {
    const point = each.codePointAt(0) ?? 0;
    sum += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return sum;
}
