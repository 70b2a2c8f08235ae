import {
  booleanToTerraform,
  canInspect,
  ComplexObject,
  hashMapper,
  type IInterpolatingParent,
  isComplexElement,
  numberToTerraform,
  stringToTerraform,
  TerraformResource,
  type TerraformMetaArguments,
  Tokenization,
} from "cdktf";
import type { Construct } from "constructs";

/**
 * What `cdktf get` writes for the providers' resources, less the accessors that nobody here asks for: the same fields, the same
 * block objects, the same `synthesizeAttributes`.
 */
type Strings = { [key: string]: string };

function resourceConfig(
  type: string,
  providerName: string,
  providerVersion: string,
  config: TerraformMetaArguments,
): object {
  return {
    terraformResourceType: type,
    terraformGeneratorMetadata: { providerName, providerVersion, providerVersionConstraint: providerVersion },
    provider: config.provider,
    dependsOn: config.dependsOn,
    count: config.count,
    lifecycle: config.lifecycle,
    provisioners: config.provisioners,
    connection: config.connection,
    forEach: config.forEach,
  };
}

/** A block that occurs once. */
class Block<T extends object> extends ComplexObject {
  private isEmptyObject = false;
  private value: Partial<T> = {};

  constructor(resource: IInterpolatingParent, attribute: string) {
    super(resource, attribute, false, 0);
  }

  get internalValue(): T | undefined {
    let hasAnyValues = this.isEmptyObject;
    const result: Partial<T> = {};
    for (const key in this.value) {
      if (this.value[key] === undefined) continue;
      hasAnyValues = true;
      result[key] = this.value[key];
    }
    return hasAnyValues ? (result as T) : undefined;
  }

  set internalValue(value: T | undefined) {
    this.isEmptyObject = value !== undefined && Object.keys(value).length === 0;
    this.value = { ...value } as Partial<T>;
  }
}

function checked<T extends object>(struct: T | undefined, write: (struct: T) => object): unknown {
  if (struct === undefined || !canInspect(struct) || Tokenization.isResolvable(struct)) return struct;
  if (isComplexElement(struct)) throw new Error("A complex element was used as configuration");
  return write(struct);
}

export interface TopicConfig extends TerraformMetaArguments {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config?: Strings;
}

export class Topic extends TerraformResource {
  private readonly _config: Strings | undefined;
  private readonly _id: string | undefined;
  private readonly _name: string;
  private readonly _partitions: number;
  private readonly _replicationFactor: number;

  constructor(scope: Construct, id: string, config: TopicConfig) {
    super(scope, id, resourceConfig("kafka_topic", "kafka", "0.13.1", config) as never);
    this._config = config.config;
    this._name = config.name;
    this._partitions = config.partitions;
    this._replicationFactor = config.replicationFactor;
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return {
      config: hashMapper(stringToTerraform)(this._config),
      id: stringToTerraform(this._id),
      name: stringToTerraform(this._name),
      partitions: numberToTerraform(this._partitions),
      replication_factor: numberToTerraform(this._replicationFactor),
    };
  }
}

/** Name and virtual host, which all three below have. */
abstract class Named extends TerraformResource {
  protected readonly _id: string | undefined;
  protected readonly _name: string;
  protected readonly _vhost: string | undefined;

  constructor(
    scope: Construct,
    id: string,
    type: string,
    config: TerraformMetaArguments & { name: string; vhost?: string },
  ) {
    super(scope, id, resourceConfig(type, "rabbitmq", "1.8.0", config) as never);
    this._name = config.name;
    this._vhost = config.vhost;
  }

  get name(): string {
    return this.getStringAttribute("name");
  }
}

interface ExchangeSettings {
  readonly arguments?: Strings;
  readonly autoDelete?: boolean;
  readonly durable?: boolean;
  readonly type: string;
}

export interface ExchangeConfig extends TerraformMetaArguments {
  readonly name: string;
  readonly vhost?: string;
  readonly settings: ExchangeSettings;
}

export class Exchange extends Named {
  private readonly _settings = new Block<ExchangeSettings>(this, "settings");

  constructor(scope: Construct, id: string, config: ExchangeConfig) {
    super(scope, id, "rabbitmq_exchange", config);
    this._settings.internalValue = config.settings;
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return {
      id: stringToTerraform(this._id),
      name: stringToTerraform(this._name),
      vhost: stringToTerraform(this._vhost),
      settings: checked(this._settings.internalValue, (struct) => ({
        arguments: hashMapper(stringToTerraform)(struct.arguments),
        auto_delete: booleanToTerraform(struct.autoDelete),
        durable: booleanToTerraform(struct.durable),
        type: stringToTerraform(struct.type),
      })),
    };
  }
}

interface QueueSettings {
  readonly arguments?: Strings;
  readonly argumentsJson?: string;
  readonly autoDelete?: boolean;
  readonly durable?: boolean;
}

export interface QueueConfig extends TerraformMetaArguments {
  readonly name: string;
  readonly vhost?: string;
  readonly settings: QueueSettings;
}

export class Queue extends Named {
  private readonly _settings = new Block<QueueSettings>(this, "settings");

  constructor(scope: Construct, id: string, config: QueueConfig) {
    super(scope, id, "rabbitmq_queue", config);
    this._settings.internalValue = config.settings;
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return {
      id: stringToTerraform(this._id),
      name: stringToTerraform(this._name),
      vhost: stringToTerraform(this._vhost),
      settings: checked(this._settings.internalValue, (struct) => ({
        arguments: hashMapper(stringToTerraform)(struct.arguments),
        arguments_json: stringToTerraform(struct.argumentsJson),
        auto_delete: booleanToTerraform(struct.autoDelete),
        durable: booleanToTerraform(struct.durable),
      })),
    };
  }
}

interface PolicySettings {
  readonly applyTo: string;
  readonly definition: Strings;
  readonly pattern: string;
  readonly priority: number;
}

export interface PolicyConfig extends TerraformMetaArguments {
  readonly name: string;
  readonly vhost: string;
  readonly policy: PolicySettings;
}

export class Policy extends Named {
  private readonly _policy = new Block<PolicySettings>(this, "policy");

  constructor(scope: Construct, id: string, config: PolicyConfig) {
    super(scope, id, "rabbitmq_policy", config);
    this._policy.internalValue = config.policy;
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return {
      id: stringToTerraform(this._id),
      name: stringToTerraform(this._name),
      vhost: stringToTerraform(this._vhost),
      policy: checked(this._policy.internalValue, (struct) => ({
        apply_to: stringToTerraform(struct.applyTo),
        definition: hashMapper(stringToTerraform)(struct.definition),
        pattern: stringToTerraform(struct.pattern),
        priority: numberToTerraform(struct.priority),
      })),
    };
  }
}

export interface BindingConfig extends TerraformMetaArguments {
  readonly destination: string;
  readonly destinationType: string;
  readonly routingKey?: string;
  readonly source: string;
  readonly vhost: string;
}

export class Binding extends TerraformResource {
  private readonly _arguments: Strings | undefined;
  private readonly _argumentsJson: string | undefined;
  private readonly _destination: string;
  private readonly _destinationType: string;
  private readonly _id: string | undefined;
  private readonly _routingKey: string | undefined;
  private readonly _source: string;
  private readonly _vhost: string;

  constructor(scope: Construct, id: string, config: BindingConfig) {
    super(scope, id, resourceConfig("rabbitmq_binding", "rabbitmq", "1.8.0", config) as never);
    this._destination = config.destination;
    this._destinationType = config.destinationType;
    this._routingKey = config.routingKey;
    this._source = config.source;
    this._vhost = config.vhost;
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return {
      arguments: hashMapper(stringToTerraform)(this._arguments),
      arguments_json: stringToTerraform(this._argumentsJson),
      destination: stringToTerraform(this._destination),
      destination_type: stringToTerraform(this._destinationType),
      id: stringToTerraform(this._id),
      routing_key: stringToTerraform(this._routingKey),
      source: stringToTerraform(this._source),
      vhost: stringToTerraform(this._vhost),
    };
  }
}
