/**
 * What the Kafka provider (Mongey/kafka 0.13.1) says when its client has lost a race with itself, while several topics are created
 * at once. The request was never sent: the same deploy again completes it.
 */
export const KAFKA_RACE = /broker not connected/;

/** How often a deploy is run for that reason alone, the first time included. */
export const KAFKA_RACE_TRIES = 3;
