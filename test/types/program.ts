import { join } from "node:path";
import ts from "typescript";

const root = join(__dirname, "..", "..");

/** A program of files that exist only here, beside the library's sources. Names are relative to this folder. */
export function virtualProgram(sources: Readonly<Record<string, string>>): ts.Program {
  const files = new Map(Object.entries(sources).map(([name, text]) => [join(__dirname, name), text]));
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, "tsconfig.json"),
    { noEmit: true },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  const options = { ...(config?.options as ts.CompilerOptions), types: ["node"] };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists.call(host, name);
  host.readFile = (name) => files.get(name) ?? readFile.call(host, name);
  host.getSourceFile = (name, ...rest) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile.call(host, name, ...rest)
      : ts.createSourceFile(name, text, rest[0], true);
  };
  return ts.createProgram([...files.keys()], options, host);
}

/** What the compiler says about one of the files. */
export function diagnosticsOf(program: ts.Program, name: string): readonly ts.Diagnostic[] {
  return program.getSemanticDiagnostics(program.getSourceFile(join(__dirname, name)));
}

export function messageOf(diagnostic: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
}
