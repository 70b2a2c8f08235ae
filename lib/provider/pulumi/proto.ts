import * as protobuf from "protobufjs/light";

/**
 * The part of Pulumi's provider protocol that this provider speaks, with the field numbers of `pulumi/provider.proto`,
 * `pulumi/plugin.proto` and `pulumi/engine.proto` (sdk 3.250). Fields that are not listed are skipped when read, as protobuf
 * prescribes; so an engine of another version still understands us.
 */

type Fields = Record<string, protobuf.IField | protobuf.IMapField>;

const field = (id: number, type: string): protobuf.IField => ({ id, type });
const list = (id: number, type: string): protobuf.IField => ({ id, type, rule: "repeated" });
const map = (id: number, type: string): protobuf.IMapField => ({ id, keyType: "string", type });
const message = (fields: Fields): protobuf.IType => ({ fields });

const STRUCT = "google.protobuf.Struct";

const google = {
  nested: {
    protobuf: {
      nested: {
        Empty: message({}),
        Struct: message({ fields: map(1, "Value") }),
        ListValue: message({ values: list(1, "Value") }),
        Value: {
          oneofs: {
            kind: { oneof: ["nullValue", "numberValue", "stringValue", "boolValue", "structValue", "listValue"] },
          },
          fields: {
            nullValue: field(1, "int32"),
            numberValue: field(2, "double"),
            stringValue: field(3, "string"),
            boolValue: field(4, "bool"),
            structValue: field(5, "Struct"),
            listValue: field(6, "ListValue"),
          },
        },
      },
    },
  },
};

const pulumirpc = {
  nested: {
    PluginInfo: message({ version: field(1, "string") }),
    PluginAttach: message({ address: field(1, "string") }),
    ProviderHandshakeRequest: message({ engineAddress: field(1, "string") }),
    ProviderHandshakeResponse: message({
      acceptSecrets: field(1, "bool"),
      acceptResources: field(2, "bool"),
      acceptOutputs: field(3, "bool"),
      supportsAutonamingConfiguration: field(4, "bool"),
    }),
    GetSchemaRequest: message({ version: field(1, "int32") }),
    GetSchemaResponse: message({ schema: field(1, "string") }),
    ConfigureRequest: message({ args: field(2, STRUCT) }),
    ConfigureResponse: message({
      acceptSecrets: field(1, "bool"),
      supportsPreview: field(2, "bool"),
      acceptResources: field(3, "bool"),
      acceptOutputs: field(4, "bool"),
    }),
    CheckRequest: message({
      urn: field(1, "string"),
      olds: field(2, STRUCT),
      news: field(3, STRUCT),
      type: field(7, "string"),
    }),
    CheckResponse: message({ inputs: field(1, STRUCT), failures: list(2, "CheckFailure") }),
    CheckFailure: message({ property: field(1, "string"), reason: field(2, "string") }),
    DiffRequest: message({
      id: field(1, "string"),
      urn: field(2, "string"),
      olds: field(3, STRUCT),
      news: field(4, STRUCT),
      ignoreChanges: list(5, "string"),
      oldInputs: field(6, STRUCT),
      type: field(8, "string"),
    }),
    PropertyDiff: message({ kind: field(1, "int32"), inputDiff: field(2, "bool") }),
    DiffResponse: message({
      replaces: list(1, "string"),
      stables: list(2, "string"),
      deleteBeforeReplace: field(3, "bool"),
      changes: field(4, "int32"),
      diffs: list(5, "string"),
      detailedDiff: map(6, "PropertyDiff"),
      hasDetailedDiff: field(7, "bool"),
    }),
    CreateRequest: message({
      urn: field(1, "string"),
      properties: field(2, STRUCT),
      preview: field(4, "bool"),
      type: field(6, "string"),
    }),
    CreateResponse: message({
      id: field(1, "string"),
      properties: field(2, STRUCT),
      refreshBeforeUpdate: field(3, "bool"),
    }),
    ReadRequest: message({
      id: field(1, "string"),
      urn: field(2, "string"),
      properties: field(3, STRUCT),
      inputs: field(4, STRUCT),
      type: field(6, "string"),
    }),
    ReadResponse: message({
      id: field(1, "string"),
      properties: field(2, STRUCT),
      inputs: field(3, STRUCT),
      refreshBeforeUpdate: field(4, "bool"),
    }),
    UpdateRequest: message({
      id: field(1, "string"),
      urn: field(2, "string"),
      olds: field(3, STRUCT),
      news: field(4, STRUCT),
      preview: field(7, "bool"),
      oldInputs: field(8, STRUCT),
      type: field(10, "string"),
    }),
    UpdateResponse: message({ properties: field(1, STRUCT), refreshBeforeUpdate: field(2, "bool") }),
    DeleteRequest: message({
      id: field(1, "string"),
      urn: field(2, "string"),
      properties: field(3, STRUCT),
      oldInputs: field(5, STRUCT),
      type: field(7, "string"),
    }),
    LogRequest: message({
      severity: field(1, "int32"),
      message: field(2, "string"),
      urn: field(3, "string"),
      streamId: field(4, "int32"),
      ephemeral: field(5, "bool"),
    }),
  },
};

const root = protobuf.Root.fromJSON({ nested: { google, pulumirpc } });

/** How much a line on the engine's display matters (`engine.proto`). */
export const LogSeverity = { debug: 0, info: 1, warning: 2, error: 3 } as const;

/** The kinds of a property's change (`PropertyDiff.Kind`); those with a replacement are left out: nothing here is ever replaced. */
export const PropertyDiffKind = { add: 0, delete: 2, update: 4 } as const;

/** Whether anything changes (`DiffResponse.DiffChanges`). */
export const DiffChanges = { none: 1, some: 2 } as const;

interface Method {
  readonly path: string;
  readonly requestStream: false;
  readonly responseStream: false;
  readonly requestSerialize: (value: object) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseSerialize: (value: object) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}

const REQUESTS = {
  Handshake: ["ProviderHandshakeRequest", "ProviderHandshakeResponse"],
  GetPluginInfo: [".google.protobuf.Empty", "PluginInfo"],
  Attach: ["PluginAttach", ".google.protobuf.Empty"],
  Cancel: [".google.protobuf.Empty", ".google.protobuf.Empty"],
  GetSchema: ["GetSchemaRequest", "GetSchemaResponse"],
  CheckConfig: ["CheckRequest", "CheckResponse"],
  DiffConfig: ["DiffRequest", "DiffResponse"],
  Configure: ["ConfigureRequest", "ConfigureResponse"],
  Check: ["CheckRequest", "CheckResponse"],
  Diff: ["DiffRequest", "DiffResponse"],
  Create: ["CreateRequest", "CreateResponse"],
  Read: ["ReadRequest", "ReadResponse"],
  Update: ["UpdateRequest", "UpdateResponse"],
  Delete: ["DeleteRequest", ".google.protobuf.Empty"],
} as const;

/** The name of a request that the provider answers. */
export type ProviderRpc = keyof typeof REQUESTS;

/** `pulumirpc.ResourceProvider` for a gRPC server or client. */
export const RESOURCE_PROVIDER = Object.fromEntries(
  Object.entries(REQUESTS).map(([name, [request, response]]) => [
    name,
    method("ResourceProvider", name, request, response),
  ]),
) as Record<ProviderRpc, Method>;

/** `pulumirpc.Engine`: where a provider says something to the user. */
export const ENGINE = { Log: method("Engine", "Log", "LogRequest", ".google.protobuf.Empty") };

function method(service: string, name: string, request: string, response: string): Method {
  const codec = (type: string) => {
    const found = root.lookupType(type.startsWith(".") ? type : `pulumirpc.${type}`);
    return {
      write: (value: object) => Buffer.from(found.encode(found.fromObject(value)).finish()),
      read: (bytes: Buffer) => found.toObject(found.decode(bytes), { defaults: false, arrays: true, objects: true }),
    };
  };
  const [asked, answered] = [codec(request), codec(response)];
  return {
    path: `/pulumirpc.${service}/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: asked.write,
    requestDeserialize: asked.read,
    responseSerialize: answered.write,
    responseDeserialize: answered.read,
  };
}
