import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/**
 * A self-signed certificate for `localhost`, good for one process. Written by hand: the engine starts the provider three times
 * for a plan, and the kept library for it (`@peculiar/x509`) costs 46 ms and 366 kB each time against 8 ms and these lines.
 * The format is X.509 v3 (RFC 5280) in DER.
 */
export interface ServerCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
  readonly der: Buffer;
}

export function createServerCertificate(now: Date): ServerCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const body = toBeSigned(publicKey, now);
  const signature = sign("sha256", body, createPrivateKey(privateKey));
  const der = sequence(body, sequence(ecdsaWithSha256), tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString("base64").replace(/(.{64})/g, "$1\n");
  const certificatePem = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  return { keyPem: privateKey, certificatePem, der };
}

const ecdsaWithSha256 = identifier("2a8648ce3d040302");
const commonName = identifier("550403");

function toBeSigned(publicKey: Buffer, now: Date): Buffer {
  const name = sequence(tagged(0x31, sequence(commonName, tagged(0x0c, Buffer.from("localhost")))));
  const day = 24 * 3600 * 1000;
  const validity = sequence(time(new Date(now.getTime() - day)), time(new Date(now.getTime() + 30 * day)));
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
  return sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, serial),
    sequence(ecdsaWithSha256),
    name,
    validity,
    name,
    publicKey,
    tagged(0xa3, sequence(...extensions())),
  );
}

function extensions(): Buffer[] {
  const isTrue = tagged(0x01, Buffer.from([0xff]));
  const octets = (content: Buffer): Buffer => tagged(0x04, content);
  return [
    // basicConstraints: an authority, since the engine takes the certificate as its own root
    sequence(identifier("551d13"), isTrue, octets(sequence(isTrue))),
    // keyUsage: digitalSignature, keyCertSign
    sequence(identifier("551d0f"), isTrue, octets(tagged(0x03, Buffer.from([2, 0x84])))),
    // extKeyUsage: serverAuth
    sequence(identifier("551d25"), octets(sequence(identifier("2b06010505070301")))),
    // subjectAltName: the name that go-plugin asks for
    sequence(identifier("551d11"), octets(sequence(tagged(0x82, Buffer.from("localhost"))))),
  ];
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function identifier(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, "hex"));
}

/** UTCTime, right until 2050. */
function time(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return tagged(0x17, Buffer.from(`${text}Z`));
}
