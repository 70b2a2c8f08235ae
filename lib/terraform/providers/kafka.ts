import type { Resolvable } from "../engine";
import type { ProviderDefinition, ProviderOrigin } from "./definition";

/**
 * What the tests of this package run with. In lower case, as lock files have it: the CLIs compare the two texts, and ask the
 * registry again where they differ.
 */
const SOURCE = "mongey/kafka";
const VERSION = "0.13.1";

/**
 * The settings of the provider `mongey/kafka`, 0.13.1 unless `version` says otherwise. What is left out comes from the provider's
 * own environment variables (`KAFKA_…`).
 */
export interface KafkaProviderProps extends ProviderOrigin {
  /** `host:port` of some brokers of the cluster. */
  readonly bootstrapServers: string[];
  /**
   * Whether to connect by TLS.
   * @default true
   */
  readonly tlsEnabled?: boolean | Resolvable;
  /**
   * Whether to accept any certificate: for development only.
   * @default false
   */
  readonly skipTlsVerify?: boolean | Resolvable;
  /**
   * The certificate authority's certificate: PEM text, or the path of a file.
   * @default - the system's authorities
   */
  readonly caCert?: string;
  /**
   * The client's certificate: PEM text, or the path of a file.
   * @default - none
   */
  readonly clientCert?: string;
  /**
   * The client certificate's private key: PEM text, or the path of a file.
   * @default - none
   */
  readonly clientKey?: string;
  /**
   * What the private key is encrypted with.
   * @default - not encrypted
   */
  readonly clientKeyPassphrase?: string;
  /**
   * `plain`, `scram-sha256`, `scram-sha512`, `aws-iam` or `oauthbearer`. Used only together with what it needs (`saslUsername` …).
   * @default "plain"
   */
  readonly saslMechanism?: string;
  /**
   * The user.
   * @default - no SASL
   */
  readonly saslUsername?: string;
  /**
   * The user's password.
   * @default - no SASL
   */
  readonly saslPassword?: string;
  /**
   * Where `oauthbearer` gets its tokens.
   * @default - none
   */
  readonly saslTokenUrl?: string;
  /**
   * What `oauthbearer` asks for.
   * @default []
   */
  readonly saslOauthScopes?: string[];
  /**
   * The region of an MSK cluster, for `aws-iam`.
   * @default - none
   */
  readonly saslAwsRegion?: string;
  /**
   * The role to assume, for `aws-iam`.
   * @default - the caller's own
   */
  readonly saslAwsRoleArn?: string;
  /**
   * The external id of the role to assume, for `aws-iam`.
   * @default - none
   */
  readonly saslAwsExternalId?: string;
  /**
   * The profile in the AWS configuration, for `aws-iam`.
   * @default - the default one
   */
  readonly saslAwsProfile?: string;
  /**
   * The version of the protocol: `2.7.0` and higher.
   * @default "2.7.0"
   */
  readonly kafkaVersion?: string;
  /**
   * Seconds to wait for the cluster.
   * @default 120
   */
  readonly timeout?: number;
}

export function kafkaProvider(props: KafkaProviderProps): ProviderDefinition {
  const { alias, source = SOURCE, version = VERSION, ...settings } = props;
  return { name: "kafka", source, version: () => version, alias, settings };
}
