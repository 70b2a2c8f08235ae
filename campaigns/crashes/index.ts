export { bank } from "./bank";
export { BREAKAGES, brokenProvider } from "./broken-provider";
export { crash } from "./crash";
export { crashes, type CrashRound, onOwnPostgres, runCrashes } from "./crashes";
export { OwnPostgres } from "./own-postgres";
export { type Stage, stageOf } from "./stage";
