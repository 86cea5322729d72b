import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";

/** One message of PostgreSQL's protocol, as it passes. */
export interface Message {
  readonly direction: "to-server" | "to-client";
  /** Its letter: Q, P, B, E, S to the server; C, E, Z, D, 1, 2, N to the client; empty for the start of a connection. */
  readonly type: string;
  /** What stands in it that can be read. */
  readonly text: string;
  /** How many have passed before it, on all connections together. */
  readonly number: number;
}

/** What the network does when it sees the message. */
export type Deed =
  /** Both ends are closed; the message does not arrive. */
  | "lose"
  /** The message arrives, and then both ends are closed. */
  | "deliver-and-close"
  /** Nothing passes any more, and nobody is told. */
  | "silence"
  /** The message arrives later. */
  | { readonly delayMs: number };

export interface Trap {
  readonly when: (message: Message) => boolean;
  readonly deed: Deed;
  /** How often it does; once when left out. */
  readonly times?: number;
}

export interface FaultyNetwork {
  readonly port: number;
  /** Sets the trap that counts from now on; null takes it away. */
  arm(trap: Trap | null): void;
  /** How often the trap has closed. */
  hits(): number;
  /** How many messages have passed since the trap was set. */
  seen(): number;
  stop(): Promise<void>;
}

/** A network between a client and the server on this port of 127.0.0.1, without TLS, that fails when it is told to. */
export async function startProxy(port: number): Promise<FaultyNetwork> {
  const state: { trap: Trap | null; hits: number; seen: number } = { trap: null, hits: 0, seen: 0 };
  const sockets = new Set<Socket>();
  const silenced: Socket[] = [];
  const listener = createServer({ allowHalfOpen: false }, (client) => {
    const server = createConnection({ port, host: "127.0.0.1" });
    // Small messages would otherwise wait for each other.
    client.setNoDelay(true);
    server.setNoDelay(true);
    let silent = false;
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      const direction = from === client ? "to-server" : "to-client";
      let rest: Buffer = Buffer.alloc(0);
      let started = direction === "to-client";
      let queue = Promise.resolve();
      const pass = async (bytes: Buffer, message: Omit<Message, "number">): Promise<void> => {
        const trap = state.trap;
        const number = state.seen++;
        if (silent) return;
        if (trap === null || state.hits >= (trap.times ?? 1) || !trap.when({ ...message, number })) {
          to.write(bytes);
          return;
        }
        state.hits++;
        if (trap.deed === "silence") {
          silent = true;
          silenced.push(client, server);
        } else if (trap.deed === "lose") {
          client.destroy();
          server.destroy();
        } else if (trap.deed === "deliver-and-close") {
          to.write(bytes, () => {
            // The receiver has read it before it sees the end.
            to.end();
            from.destroy();
          });
        } else {
          const { delayMs } = trap.deed;
          await new Promise((resolve) => setTimeout(resolve, delayMs));
          to.write(bytes);
        }
      };
      from.on("data", (chunk: Buffer) => {
        rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        for (;;) {
          const head = started ? 1 : 0;
          if (rest.length < head + 4) return;
          const length = head + rest.readInt32BE(head);
          if (rest.length < length) return;
          const bytes = rest.subarray(0, length);
          rest = rest.subarray(length);
          const type = head === 0 ? "" : String.fromCharCode(bytes[0] ?? 0);
          started = true;
          const text = bytes.toString("latin1", head + 4);
          queue = queue.then(() => pass(bytes, { direction, type, text }));
        }
      });
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        if (!silent) queue.then(() => to.end());
      });
    }
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  return {
    port: address.port,
    arm(trap) {
      // What is silent for good ends one day: a system gives up on a peer that does not answer.
      for (const socket of silenced.splice(0)) socket.destroy();
      state.trap = trap;
      state.hits = 0;
      state.seen = 0;
    },
    hits: () => state.hits,
    seen: () => state.seen,
    async stop() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, "close");
    },
  };
}

/** A message from the client with these words in it. */
export function sends(words: RegExp, types = "QP"): Trap["when"] {
  return ({ direction, type, text }) =>
    direction === "to-server" && types.includes(type) && type !== "" && words.test(text);
}

/** The server's word that a command is done. */
export function answers(tag: RegExp): Trap["when"] {
  return ({ direction, type, text }) => direction === "to-client" && type === "C" && tag.test(text);
}

/** The second, but only when the first has been seen before. */
export function after(first: Trap["when"], then: Trap["when"]): Trap["when"] {
  let seen = false;
  return (message) => {
    if (message.number === 0) seen = false;
    if (!seen) seen = first(message);
    else return then(message);
    return false;
  };
}
