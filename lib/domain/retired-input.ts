/** Why something has left the declaration. */
export interface RetiredReason {
  /** In a sentence, for those who read it later. */
  readonly reason: string;
}

/** What has left the declaration on purpose, by name. */
export interface RetiredInput {
  /**
   * Events that are not published any more.
   * @default {}
   */
  readonly events?: Readonly<Record<string, RetiredReason>>;
  /**
   * Commands that are not sent any more.
   * @default {}
   */
  readonly commands?: Readonly<Record<string, RetiredReason>>;
  /**
   * Consumers that do not listen any more.
   * @default {}
   */
  readonly consumers?: Readonly<Record<string, RetiredReason>>;
  /**
   * Projections that are not written any more.
   * @default {}
   */
  readonly projections?: Readonly<Record<string, RetiredReason>>;
  /**
   * Sagas of which none is started any more.
   * @default {}
   */
  readonly sagas?: Readonly<Record<string, RetiredReason>>;
  /**
   * Services that do not handle commands any more.
   * @default {}
   */
  readonly handlers?: Readonly<Record<string, RetiredReason>>;
}
