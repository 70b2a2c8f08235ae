import { orders } from "../../examples/orders/domain";
import { decide, type Occurrence, type SentCommand } from "../../examples/orders/services/saga-decision";

const { steps } = orders.definition.sagas["OrderFulfillment"] ?? { steps: [] };

/** Plays a saga from its start: to each command comes the next answer, or none in time. */
function play(...answers: readonly (string | "timeout")[]): {
  readonly commands: readonly string[];
  readonly states: readonly string[];
} {
  const sent: SentCommand[] = [];
  const states: string[] = [];
  const next = [...answers];
  let occurrence: Occurrence | null = { kind: "started" };
  while (occurrence) {
    const decision = decide(steps, sent, occurrence);
    if (!decision) break;
    states.push(decision.state);
    const { settled, send } = decision;
    const over = sent.findIndex((each) => each.seq === settled?.seq);
    if (settled && over >= 0) sent[over] = { ...(sent[over] as SentCommand), status: settled.status };
    if (send) sent.push({ ...send, commandId: `command ${send.seq}`, status: "sent" });
    const answer = next.shift();
    if (answer === undefined) break;
    occurrence = answer === "timeout" ? { kind: "timed-out" } : { kind: "replied", commandId: `command ${sent.length}`, reply: answer }; // prettier-ignore
  }
  return { commands: sent.map((each) => each.command), states };
}

describe("a saga's next step", () => {
  it("goes through the declared steps in order and is completed by the last answer", () => {
    expect(play("InventoryReserved", "PaymentProcessed", "OrderDispatched")).toEqual({
      commands: ["ReserveInventory", "ProcessPayment", "ShipOrder"],
      states: ["running", "running", "running", "completed"],
    });
  });

  it("undoes what was done before a refusal, in reverse order, and not what was refused", () => {
    expect(
      play("InventoryReserved", "PaymentProcessed", "ShippingRejected", "PaymentRefunded", "InventoryReleased"),
    ).toEqual({
      commands: ["ReserveInventory", "ProcessPayment", "ShipOrder", "RefundPayment", "ReleaseInventory"],
      states: ["running", "running", "running", "running", "running", "compensated"],
    });
  });

  it("has nothing to undo when the first step is refused", () => {
    expect(play("InventoryRejected")).toEqual({ commands: ["ReserveInventory"], states: ["running", "compensated"] });
  });

  it("also undoes a step that gave no answer in time, since it may have been done", () => {
    expect(play("InventoryReserved", "timeout", "PaymentRefunded", "InventoryReleased").commands).toEqual([
      "ReserveInventory",
      "ProcessPayment",
      "RefundPayment",
      "ReleaseInventory",
    ]);
  });

  const waiting: SentCommand = {
    seq: 1,
    command: "ReserveInventory",
    commandId: "a",
    direction: "forward",
    status: "sent",
  };

  it.each<[string, readonly SentCommand[], Occurrence]>([
    ["is started a second time", [waiting], { kind: "started" }],
    [
      "gets an answer twice",
      [{ ...waiting, status: "done" }],
      { kind: "replied", commandId: "a", reply: "InventoryReserved" },
    ],
    [
      "gets an answer too late",
      [{ ...waiting, status: "timed-out" }],
      { kind: "replied", commandId: "a", reply: "InventoryReserved" },
    ],
    [
      "gets an answer to a command it never sent",
      [waiting],
      { kind: "replied", commandId: "b", reply: "InventoryReserved" },
    ],
    ["hears of a timeout after the answer", [{ ...waiting, status: "failed" }], { kind: "timed-out" }],
  ])("does nothing when it %s", (_, sent, occurrence) => {
    expect(decide(steps, sent, occurrence)).toBeNull();
  });

  it("refuses an answer that the step does not know, so that the message is parked and seen", () => {
    expect(() => decide(steps, [waiting], { kind: "replied", commandId: "a", reply: "OrderDispatched" })).toThrow(
      "OrderDispatched is no answer to ReserveInventory that the saga waits for",
    );
  });
});
