/**
 * The messages of Terraform's plugin protocol 6 that this provider speaks, by field number. Written down from the published
 * wire format; only the fields that are used are here, since protobuf skips the others.
 */

type Field = { readonly id: number; readonly type: string; readonly rule?: "repeated"; readonly keyType?: string };
type Message = {
  readonly fields: Readonly<Record<string, Field>>;
  readonly nested?: Readonly<Record<string, Message>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
};

const one = (type: string, id: number): Field => ({ id, type });
const many = (type: string, id: number): Field => ({ id, type, rule: "repeated" });
const map = (type: string, id: number): Field => ({ id, type, keyType: "string" });
const message = (fields: Message["fields"], nested: Message["nested"] = {}): Message => ({ fields, nested });
const call = (request: Message["fields"], response: Message["fields"]): Message =>
  message({}, { Request: message(request), Response: message(response) });

const diagnostics = (id: number): Field => many("Diagnostic", id);

export const tfplugin6: Readonly<Record<string, Message>> = {
  DynamicValue: message({ msgpack: one("bytes", 1), json: one("bytes", 2) }),
  // severity: 1 error, 2 warning
  Diagnostic: message({
    severity: one("int32", 1),
    summary: one("string", 2),
    detail: one("string", 3),
    attribute: one("AttributePath", 4),
  }),
  AttributePath: message({ steps: many("Step", 1) }, { Step: message({ attributeName: one("string", 1) }) }),
  RawState: message({ json: one("bytes", 1) }),
  Schema: message(
    { version: one("int64", 1), block: one("Block", 2) },
    {
      Block: message({ version: one("int64", 1), attributes: many("Attribute", 2), description: one("string", 4) }),
      Attribute: message({
        name: one("string", 1),
        type: one("bytes", 2),
        nestedType: one("Object", 10),
        description: one("string", 3),
        required: one("bool", 4),
        optional: one("bool", 5),
        computed: one("bool", 6),
        sensitive: one("bool", 7),
      }),
      // nesting: 1 single, 2 list
      Object: message({ attributes: many("Attribute", 1), nesting: one("int32", 3) }),
    },
  ),
  ServerCapabilities: message({ planDestroy: one("bool", 1), getProviderSchemaOptional: one("bool", 2) }),
  GetMetadata: message(
    {},
    {
      Request: message({}),
      Response: message({
        serverCapabilities: one("ServerCapabilities", 1),
        diagnostics: diagnostics(2),
        resources: many("ResourceMetadata", 4),
      }),
      ResourceMetadata: message({ typeName: one("string", 1) }),
    },
  ),
  GetProviderSchema: call(
    {},
    {
      provider: one("Schema", 1),
      resourceSchemas: map("Schema", 2),
      diagnostics: diagnostics(4),
      serverCapabilities: one("ServerCapabilities", 6),
    },
  ),
  GetResourceIdentitySchemas: call({}, { diagnostics: diagnostics(2) }),
  GetFunctions: call({}, { diagnostics: diagnostics(2) }),
  ValidateProviderConfig: call({ config: one("DynamicValue", 1) }, { diagnostics: diagnostics(2) }),
  ValidateResourceConfig: call(
    { typeName: one("string", 1), config: one("DynamicValue", 2) },
    { diagnostics: diagnostics(1) },
  ),
  UpgradeResourceState: call(
    { typeName: one("string", 1), version: one("int64", 2), rawState: one("RawState", 3) },
    { upgradedState: one("DynamicValue", 1), diagnostics: diagnostics(2) },
  ),
  ConfigureProvider: call({ config: one("DynamicValue", 2) }, { diagnostics: diagnostics(1) }),
  ReadResource: call(
    { typeName: one("string", 1), currentState: one("DynamicValue", 2), private: one("bytes", 3) },
    { newState: one("DynamicValue", 1), diagnostics: diagnostics(2), private: one("bytes", 3) },
  ),
  PlanResourceChange: call(
    {
      typeName: one("string", 1),
      priorState: one("DynamicValue", 2),
      proposedNewState: one("DynamicValue", 3),
      config: one("DynamicValue", 4),
      priorPrivate: one("bytes", 5),
    },
    { plannedState: one("DynamicValue", 1), plannedPrivate: one("bytes", 3), diagnostics: diagnostics(4) },
  ),
  ApplyResourceChange: call(
    {
      typeName: one("string", 1),
      priorState: one("DynamicValue", 2),
      plannedState: one("DynamicValue", 3),
      config: one("DynamicValue", 4),
      plannedPrivate: one("bytes", 5),
    },
    { newState: one("DynamicValue", 1), private: one("bytes", 2), diagnostics: diagnostics(3) },
  ),
  ImportResourceState: message(
    {},
    {
      Request: message({ typeName: one("string", 1), id: one("string", 2) }),
      ImportedResource: message({
        typeName: one("string", 1),
        state: one("DynamicValue", 2),
        private: one("bytes", 3),
      }),
      Response: message({ importedResources: many("ImportedResource", 1), diagnostics: diagnostics(2) }),
    },
  ),
  StopProvider: call({}, { error: one("string", 1) }),
};

/** Of go-plugin: how the engine ends the process. */
export const goPlugin: Readonly<Record<string, Message>> = { Empty: message({}) };
