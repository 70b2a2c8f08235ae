export { runTables, tables, type TableRound } from "./tables";
