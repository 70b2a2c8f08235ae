import { X509Certificate, createPublicKey } from "node:crypto";
import { decode } from "@msgpack/msgpack";
import * as fc from "fast-check";
import { createServerCertificate } from "../../../lib/provider/terraform/certificate";
import { decodeDynamic, decodeJson, encodeDynamic, snakeCase } from "../../../lib/provider/terraform/codec";
import { wireSchemas } from "../../../lib/provider/terraform/wire-schema";
import { kinds, resourceSchemas, terraformTypes } from "../../../lib/provider/schema";
import { UNKNOWN, type Attributes } from "../../../lib/provider/value";
import { written } from "../deployment";

const table = resourceSchemas.table;

const full: Attributes = {
  ...written("table", {
    schema: "s",
    name: "t",
    declaredBy: "orders",
    columns: [{ name: "id", type: "bigint", nullable: false }],
    primaryKey: { name: "t_pkey", columns: ["id"] },
    partitioning: { strategy: "hash", columns: ["id"], modulus: 8, storage: { fillfactor: "100" } },
    triggers: [{ name: "g", timing: "before", events: ["delete"], functionSchema: "s", functionName: "f" }],
  }),
};

test("attributes go over the wire in snake_case, and come back as they were", () => {
  const sent = decode(encodeDynamic(table, full).msgpack!) as Record<string, unknown>;
  expect(sent).toMatchObject({ primary_key: { name: "t_pkey" }, declared_by: "orders", indexes: null });
  expect((sent["triggers"] as object[])[0]).toMatchObject({ function_schema: "s", level: null });
  expect((sent["partitioning"] as Record<string, unknown>)["storage"]).toEqual({ fillfactor: "100" });
  expect(decodeDynamic(table, encodeDynamic(table, full))).toEqual(full);
  expect(decodeDynamic(table, encodeDynamic(table, null))).toBeNull();
  expect(snakeCase("sslRootCert")).toBe("ssl_root_cert");
});

test("what isn't known yet is an extension both ways, of either kind that Terraform sends", () => {
  const some = { ...full, comment: UNKNOWN, columns: [UNKNOWN, { ...written("table", {}), name: UNKNOWN }] } as never;
  const bytes = encodeDynamic(table, some).msgpack!;
  expect(Buffer.from(bytes).includes(Buffer.from([0xd4, 0x00, 0x00]))).toBe(true);
  const back = decodeDynamic(table, { msgpack: bytes });
  expect(back?.["comment"]).toBe(UNKNOWN);
  expect((back?.["columns"] as unknown[])[0]).toBe(UNKNOWN);
  // {"name": a refined unknown} as the engine writes it: extension 12 with a map in it.
  const refined = Buffer.from([0x81, 0xa4, 0x6e, 0x61, 0x6d, 0x65, 0xc7, 0x03, 0x0c, 0x81, 0x01, 0xc2]);
  expect(decodeDynamic(table, { msgpack: refined })?.["name"]).toBe(UNKNOWN);
});

test("numbers come as numbers, also when they were sent as text", () => {
  const schema = resourceSchemas.sequence;
  const json = Buffer.from(JSON.stringify({ schema: "s", name: "p", cache: 5 }));
  expect(decodeJson(schema, json)).toMatchObject({ cache: 5, comment: null });
  expect(decodeDynamic(schema, { json: Buffer.from('{"cache": "12"}') })).toMatchObject({ cache: 12 });
});

test("any text survives the wire", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (comment) => {
      const attributes = { ...full, comment };
      expect(decodeDynamic(table, encodeDynamic(table, attributes))).toEqual(attributes);
    }),
    { seed: 6 },
  );
});

test("every type has a schema of version 1 in which only ours are computed alone", () => {
  const { resourceSchemas: schemas } = wireSchemas() as {
    resourceSchemas: Record<
      string,
      {
        version: number;
        block: { attributes: { name: string; required: boolean; optional: boolean; computed: boolean }[] };
      }
    >;
  };
  expect(Object.keys(schemas)).toEqual(kinds.map((kind) => terraformTypes[kind]));
  for (const schema of Object.values(schemas)) {
    expect(schema.version).toBe(1);
    const ours = schema.block.attributes.filter((a) => a.computed && !a.optional).map((a) => a.name);
    expect(ours.sort()).toEqual(["ddl", "id"]);
    for (const attribute of schema.block.attributes) {
      expect(attribute.required && (attribute.optional || attribute.computed)).toBe(false);
    }
  }
});

test("the certificate is a sound one for localhost, signed by itself, valid now", () => {
  const now = new Date("2026-11-22T12:00:00Z");
  const { certificatePem, der, keyPem } = createServerCertificate(now);
  const certificate = new X509Certificate(certificatePem);
  expect(certificate.raw.equals(der)).toBe(true);
  expect(certificate.checkHost("localhost")).toBe("localhost");
  expect(certificate.verify(createPublicKey(keyPem))).toBe(true);
  expect(certificate.ca).toBe(true);
  expect(new Date(certificate.validFrom).getTime()).toBeLessThan(now.getTime());
  expect(new Date(certificate.validTo).getTime()).toBeGreaterThan(now.getTime());
  expect(createServerCertificate(now).der.equals(der)).toBe(false);
});
