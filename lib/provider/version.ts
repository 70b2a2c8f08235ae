import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The file name of the bundled provider for Terraform and OpenTofu. */
export const terraformProviderFile = "terraform-provider-eventloom.cjs";

/** The file name of the bundled provider for Pulumi. */
export const pulumiProviderFile = "pulumi-resource-eventloom";

/** Where the bundled providers are: `dist/provider` of the package, from the compiled code and from the sources alike. */
export function providerDirectory(): string {
  return join(__dirname, "..", "..", "dist", "provider");
}

/**
 * The version of the bundled providers: the package's for a release, and for every other build one of its own that is made from
 * the content (`0.1.0-dev.h1a2b3c4d5e`), since engines keep what they once saw under a version.
 *
 * @throws Error when the providers have not been bundled yet (`npm run build`)
 */
export function providerVersion(): string {
  const path = join(providerDirectory(), "version.json");
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
  return version;
}
