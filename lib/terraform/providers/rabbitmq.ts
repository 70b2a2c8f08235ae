import type { Resolvable } from "../engine";
import type { ProviderDefinition, ProviderOrigin } from "./definition";

/** What the tests of this package run with. */
const SOURCE = "cyrilgdn/rabbitmq";
const VERSION = "1.8.0";

/** The settings of the provider `cyrilgdn/rabbitmq`, 1.8.0 unless `version` says otherwise. It talks to the management plugin. */
export interface RabbitmqProviderProps extends ProviderOrigin {
  /** The management plugin's address: `https://rabbitmq.example:15671`. */
  readonly endpoint: string;
  /** A user with the tag `administrator` or `policymaker`. */
  readonly username: string;
  /** The user's password. */
  readonly password: string;
  /**
   * Whether to accept any certificate: for development only.
   * @default false
   */
  readonly insecure?: boolean | Resolvable;
  /**
   * The path of the certificate authority's certificate.
   * @default - the system's authorities
   */
  readonly cacertFile?: string;
  /**
   * The path of the client's certificate.
   * @default - none
   */
  readonly clientcertFile?: string;
  /**
   * The path of the client certificate's private key.
   * @default - none
   */
  readonly clientkeyFile?: string;
  /**
   * The address of an HTTP proxy.
   * @default - the environment's `HTTPS_PROXY` and so on
   */
  readonly proxy?: string;
}

export function rabbitmqProvider(props: RabbitmqProviderProps): ProviderDefinition {
  const { alias, source = SOURCE, version = VERSION, ...settings } = props;
  return { name: "rabbitmq", source, version: () => version, alias, settings };
}
