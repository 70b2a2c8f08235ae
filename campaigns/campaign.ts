import type { PostgresMajor } from "../tools/postgres-servers";

/** What a campaign is asked for. */
export interface CampaignOptions {
  /** The same seed and count give the same run. */
  readonly seed: number;
  readonly count: number;
  /** Which round of all to begin with, 1 for the first: then they are done in their order. @default - as the campaign draws them */
  readonly from?: number | undefined;
  /** One of the campaign's victims, and nobody else. @default - each */
  readonly victim?: string | undefined;
  /** One of the campaign's engines; undefined where it has none. */
  readonly engine?: string | undefined;
  /** One of the campaign's ways to spread events. @default - as the campaign draws them */
  readonly partitioning?: string | undefined;
  /** On which major version of Postgres, where the campaign takes one. @default - the machine's */
  readonly postgres?: PostgresMajor | undefined;
  /** Hears what is being done, one line each. */
  readonly onProgress: (line: string) => void;
  /** Hears each result as soon as it is there. */
  readonly onRow: (row: object) => void;
}

/** A long search for what the tests do not find. */
export interface Campaign {
  readonly name: string;
  readonly description: string;
  /** How many rounds when nothing is said. */
  readonly count: number;
  /**
   * What may do the work, the one first that does it when nothing is said.
   * @default - nobody else
   */
  readonly engines?: readonly string[];
  /**
   * Ways to spread events over leaves that can be asked for.
   * @default - none
   */
  readonly partitionings?: readonly string[];
  /**
   * Who may be the only one to be killed.
   * @default - nobody can be chosen
   */
  readonly victims?: readonly string[];
  /** Whether it has so many rounds and no more, in an order: then it can begin at any of them. @default false */
  readonly inOrder?: boolean;
  /** Whether it runs on any version of Postgres. @default false */
  readonly onPostgres?: boolean;
  /** Whether all rounds were as they should be. */
  readonly run: (options: CampaignOptions) => Promise<CampaignResult>;
}

/** What has come out. */
export interface CampaignResult {
  readonly rounds: number;
  readonly failures: number;
  readonly summary: object;
}
