import type { NodeKind } from "./types";

/** A mark for each kind of box, drawn by lines in 20 by 20. */
export const ICONS: Readonly<Record<NodeKind, string>> = {
  relay: "M3 10h12M11 5l5 5-5 5M3 5v10",
  store: "M3 5c0-4 14-4 14 0v10c0 4-14 4-14 0zM3 5c0 4 14 4 14 0M3 10c0 4 14 4 14 0",
  outbox: "M3 12v5h14v-5M10 13V3M6 7l4-4 4 4",
  topic: "M3 5h14M3 10h14M3 15h14",
  exchange: "M10 2l8 8-8 8-8-8zM7 10h6",
  queue: "M2 6h4v8H2zM8 6h4v8H8zM14 6h4v8h-4z",
  ladder: "M16 10a6 6 0 1 1-2-4.5M16 2v4h-4",
  unrouted: "M10 3v7M10 14v2M2 18L10 2l8 16z",
  consumer: "M4 4h12v12H4zM8 1v3M12 1v3M8 16v3M12 16v3M1 8h3M1 12h3M16 8h3M16 12h3",
  projection: "M2 3h16v14H2zM2 8h16M8 8v9",
  saga: "M4 4h4v4H4zM12 12h4v4h-4zM8 6h6v6M12 14H6V8",
  handler: "M10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6M10 1v3M10 16v3M1 10h3M16 10h3M4 4l2 2M14 14l2 2M16 4l-2 2M6 14l-2 2",
};
