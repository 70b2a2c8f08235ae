/** Of a command: where its answer goes. */
export const HEADER_REPLY_EXCHANGE = "reply-exchange";
export const HEADER_REPLY_KEY = "reply-routing-key";
/** Of a reply: the command that it answers. */
export const HEADER_COMMAND_ID = "command-id";
