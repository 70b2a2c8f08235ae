import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came. */
export interface Recorded {
  readonly method: string;
  /** As in the request line: of a proxy, a whole address. */
  readonly target: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

export interface Answer {
  readonly json: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server that takes note of every request, and answers what it is told to. */
export class Recorder {
  readonly requests: Recorded[] = [];
  private readonly server: Server;

  private constructor(answer: (request: Recorded) => Answer) {
    this.server = createServer((request, response) => {
      let text = "";
      request.setEncoding("utf8").on("data", (part: string) => (text += part));
      request.on("end", () => {
        const { method = "", url: target = "", headers } = request;
        const recorded = { method, target, headers, body: text === "" ? null : (JSON.parse(text) as unknown) };
        this.requests.push(recorded);
        const { json, headers: more } = answer(recorded);
        response.writeHead(200, { "content-type": "application/json", ...more });
        response.end(JSON.stringify(json));
      });
    });
  }

  static async start(answer: (request: Recorded) => Answer): Promise<Recorder> {
    const recorder = new Recorder(answer);
    await new Promise<void>((resolve) => recorder.server.listen(0, "127.0.0.1", resolve));
    return recorder;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
