import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A comment as GitHub keeps it. */
export interface StoredComment {
  readonly id: number;
  readonly author: string;
  body: string;
}

/** A request as it came. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** What is answered instead of the right thing. */
export interface Fault {
  readonly method: string;
  /** @default - any */
  readonly path?: string;
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How often. @default 1 */
  times?: number;
  /** Whether it is done all the same. @default false */
  readonly done?: boolean;
}

export const TOKEN = "ghs_0123456789abcdefghijklmnopqrstuvwxyz";
export const SELF = "github-actions[bot]";
/** GitHub refuses more. */
const LONGEST_BODY = 65_536;

/**
 * GitHub's API as far as comments of one pull request (`acme/shop`, 7) go: it answers as GitHub does, and takes note of every
 * request that GitHub would not take, or that eventloom has no business to send.
 */
export class GitHubStandIn {
  readonly comments: StoredComment[] = [];
  readonly asked: Asked[] = [];
  readonly complaints: string[] = [];
  readonly faults: Fault[] = [];
  private nextId = 1000;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(): Promise<GitHubStandIn> {
    const standIn = new GitHubStandIn();
    await new Promise<void>((resolve) => standIn.server.listen(0, "127.0.0.1", resolve));
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  add(author: string, body: string): StoredComment {
    const comment = { id: this.nextId++, author, body };
    this.comments.push(comment);
    return comment;
  }

  /** `GET /repos/acme/shop/issues/7/comments` and so on, without the query. */
  get requests(): readonly string[] {
    return this.asked.map(({ method, path }) => `${method} ${path.split("?", 1)[0]}`);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await jsonOf(request);
    const { method = "", url = "" } = request;
    this.asked.push({ method, path: url, body });
    this.check(request, body);
    const fault = this.faults.find(
      (each) => each.method === method && url.startsWith(each.path ?? "") && (each.times ?? 1) > 0,
    );
    if (fault) fault.times = (fault.times ?? 1) - 1;
    const right = fault === undefined || fault.done === true ? this.handle(method, new URL(url, this.url), body) : null;
    const { status, headers, json } = fault
      ? { status: fault.status, headers: fault.headers, json: { message: fault.message } }
      : { headers: {}, ...right! };
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
    response.end(json === null ? "" : JSON.stringify(json));
  }

  private check({ method = "", headers, url = "" }: IncomingMessage, body: unknown): void {
    const wrong = (what: string): void => void this.complaints.push(`${method} ${url}: ${what}`);
    if (!/^(token|bearer) /i.test(headers.authorization ?? "")) wrong("no authorization");
    if ((headers.authorization ?? "").split(" ")[1] !== TOKEN) wrong("another token");
    if (!headers["user-agent"]) wrong("no user agent, which GitHub answers with 403");
    if (!(headers.accept ?? "").includes("application/vnd.github")) wrong("no accept of GitHub's media type");
    if (url.includes(TOKEN)) wrong("the token in the address");
    if (method === "POST" || method === "PATCH") {
      if (!(headers["content-type"] ?? "").startsWith("application/json")) wrong("not JSON");
      const members = Object.keys((body ?? {}) as object).join();
      if (url !== "/graphql" && members !== "body") wrong(`members ${members}`);
    } else if (body !== null) wrong("a body");
  }

  private handle(method: string, { pathname, searchParams }: URL, body: unknown): Answer {
    if (method === "POST" && pathname === "/graphql") return this.viewer(body);
    const list = pathname === "/repos/acme/shop/issues/7/comments";
    if (list && method === "GET") return this.page(searchParams);
    if (list && method === "POST") return this.write(201, this.add(SELF, ""), body);
    const id = /^\/repos\/acme\/shop\/issues\/comments\/(\d+)$/.exec(pathname)?.[1];
    const found = this.comments.findIndex((each) => String(each.id) === id);
    if (found < 0) return { status: 404, json: { message: "Not Found" } };
    if (method === "PATCH") return this.write(200, this.comments[found]!, body);
    if (method !== "DELETE") return { status: 405, json: { message: "Method Not Allowed" } };
    this.comments.splice(found, 1);
    return { status: 204, json: null };
  }

  private viewer(body: unknown): Answer {
    const { query = "" } = body as { query?: string };
    if (query.replace(/\s/g, "") !== "query{viewer{login}}") this.complaints.push(`another query: ${query}`);
    return { status: 200, json: { data: { viewer: { login: SELF } } } };
  }

  private page(query: URLSearchParams): Answer {
    const size = Math.min(Number(query.get("per_page") ?? 30), 100);
    const page = Number(query.get("page") ?? 1);
    const from = (page - 1) * size;
    const more = from + size < this.comments.length;
    const next = `<${this.url}/repos/acme/shop/issues/7/comments?per_page=${size}&page=${page + 1}>; rel="next"`;
    const json = this.comments.slice(from, from + size).map((each) => this.shown(each));
    return { status: 200, headers: more ? { link: next } : {}, json };
  }

  private write(status: number, comment: StoredComment, body: unknown): Answer {
    const text = (body as { body?: unknown }).body;
    if (typeof text !== "string" || text === "" || text.length > LONGEST_BODY) {
      if (status === 201) this.comments.pop();
      return {
        status: 422,
        json: { message: `Validation Failed: body is too long (maximum is ${LONGEST_BODY} characters)` },
      };
    }
    // as text areas do
    comment.body = text.replace(/\n/g, "\r\n");
    return { status, json: this.shown(comment) };
  }

  private shown({ id, author, body }: StoredComment): object {
    const html_url = `https://github.example/acme/shop/pull/7#issuecomment-${id}`;
    return { id, html_url, body, user: { login: author, type: author.endsWith("[bot]") ? "Bot" : "User" } };
  }
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json: unknown;
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString("utf8");
  return text === "" ? null : JSON.parse(text);
}
