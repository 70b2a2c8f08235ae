import { COLOURS, PICTURE_STYLE } from "../graph/svg-style";

/** More colours than the picture needs. */
const LIGHT = `${COLOURS.light};--accent:#1f5fbf;--choice:#e4edfb;--refused:#b01c2c;--risky:#8a5a00;--safe:#1a7f37;color-scheme:light`;
const DARK = `${COLOURS.dark};--accent:#8ab8ff;--choice:#22344f;--refused:#ff8f8a;--risky:#e8b949;--safe:#56d37a;color-scheme:dark`;

const LAYOUT = `
*{box-sizing:border-box}[hidden]{display:none!important}
html,body{height:100%;margin:0}
body{display:flex;flex-direction:column;background:var(--ground);color:var(--ink);font:14px/1.45 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap;margin:0}
.skip{position:absolute;left:-999px;top:8px;background:var(--card);color:var(--accent);padding:8px 14px;z-index:9}.skip:focus{left:8px}
header{display:flex;align-items:center;gap:20px;padding:10px 18px;background:var(--card);border-bottom:1px solid var(--rule)}
.brand{display:flex;align-items:center;gap:10px;min-width:0}.logo{width:28px;height:28px;flex:none;fill:none;stroke:var(--accent);stroke-width:2.2;stroke-linecap:round}
h1{font-size:17px;margin:0;letter-spacing:-.01em;overflow-wrap:anywhere}
#counts{margin:0;color:var(--soft);flex:1;min-width:0}
.field{display:inline-flex;align-items:center;gap:6px;color:var(--soft);font-size:12.5px}
.fields{display:inline-flex;flex-wrap:wrap;gap:8px 14px}.field.wide{display:flex;flex:1 1 100%}.field.wide input{flex:1;min-width:0}
select,input,button{font:inherit;font-size:13px;color:var(--ink);background:var(--card);border:1px solid var(--rule);border-radius:7px;padding:5px 8px;max-width:190px}
button{cursor:pointer;min-width:30px}button:hover{border-color:var(--accent)}
input[type=search]{max-width:none}
kbd{font:11px ui-monospace,monospace;border:1px solid var(--rule);border-radius:4px;padding:0 5px;color:var(--soft)}
:focus-visible{outline:2.5px solid var(--accent);outline-offset:1px}
.columns{flex:1;display:grid;grid-template-columns:310px minmax(0,1fr) auto;min-height:0}
nav,aside{background:var(--card);overflow:auto;min-height:0}
nav{border-right:1px solid var(--rule);display:flex;flex-direction:column}aside{border-left:1px solid var(--rule);padding:18px;width:370px}
.filters{display:flex;flex-wrap:wrap;gap:8px 14px;padding:12px 14px 10px;border-bottom:1px solid var(--rule)}.filters .field{min-width:0}.filters .field select{max-width:118px}
#found{margin:0;padding:6px 14px;color:var(--soft);font-size:12px}
#tree{overflow:auto;flex:1;padding:0 8px 16px;min-height:0}
.section>.head-row{display:flex;justify-content:space-between;font-size:11.5px;font-weight:650;text-transform:uppercase;letter-spacing:.05em;color:var(--soft);padding:12px 8px 4px;border-radius:6px;cursor:pointer}
.section[aria-expanded=false] .rows{display:none}
.section .head-row::before{content:"▾";margin-right:6px}.section[aria-expanded=false] .head-row::before{content:"▸"}.head-row span:first-child{flex:1}
.row{display:flex;gap:8px;align-items:baseline;padding:4px 8px;border-radius:6px;cursor:pointer;min-height:28px}
.row>.name{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;flex:1}
.row>.what{color:var(--soft);font-size:12px;flex:none;font-weight:400}.row.more>.name{color:var(--accent)}.row:hover{background:var(--ground)}.row[aria-selected=true]{background:var(--choice);font-weight:600}
.sign{font-weight:800;width:12px;text-align:center;flex:none}.sign.added{color:var(--added)}.sign.changed{color:var(--changed)}.sign.removed{color:var(--removed)}
.removed>.name{text-decoration:line-through}
.chip{font-size:11px;font-weight:650;border:1.4px solid currentColor;border-radius:99px;padding:0 7px;white-space:nowrap}
.chip.refused{color:var(--refused)}.chip.risky{color:var(--risky)}.chip.safe{color:var(--safe)}
main{display:flex;flex-direction:column;min-width:0;min-height:0;position:relative}
.tools{display:flex;align-items:flex-start;justify-content:space-between;gap:12px;padding:10px 14px}
.buttons{display:inline-flex;gap:4px}
#stage{flex:1;min-height:0;overflow:hidden;cursor:grab;touch-action:none;position:relative}#stage.dragging{cursor:grabbing}
.scene{width:100%;height:100%}.scene svg{width:100%;height:100%;display:block}
.foot{display:flex;flex-wrap:wrap;justify-content:space-between;gap:4px 24px;padding:8px 16px;font-size:12px;color:var(--soft);border-top:1px solid var(--rule);background:var(--card)}
.keys{margin:0}.legend{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;margin:0;padding:0}
.legend li::before{content:"";display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:6px;background:var(--tone)}
.tone-kafka{--tone:var(--kafka)}.tone-rabbit{--tone:var(--rabbit)}.tone-pg{--tone:var(--pg)}.tone-service{--tone:var(--service)}.tone-event{--tone:var(--event)}.tone-command{--tone:var(--command)}.tone-reply{--tone:var(--reply)}.tone-added{--tone:var(--added)}.tone-changed{--tone:var(--changed)}.tone-removed{--tone:var(--removed)}
html[data-mode=topology] .diff-only{display:none}
.node{cursor:pointer}.node:focus{outline:none}.node:focus-visible .card,.node.chosen .card{stroke:var(--accent);stroke-width:3}
.edge{cursor:pointer}
svg.faint .node:not(.on),svg.faint .edge:not(.on){opacity:.16}
.edge.on .line{stroke-width:3;opacity:1}
aside h2{font-size:17px;margin:0 0 2px;overflow-wrap:anywhere}aside h3{font-size:12px;text-transform:uppercase;letter-spacing:.05em;color:var(--soft);margin:20px 0 6px}
aside p{margin:4px 0;overflow-wrap:anywhere}.kind-line{color:var(--soft)}
aside code,aside pre{font:12px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
aside pre{background:var(--ground);border:1px solid var(--rule);border-radius:8px;padding:10px;white-space:pre-wrap;overflow-wrap:anywhere;margin:0 0 8px}
aside dl{margin:0;display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr);gap:5px 10px}
aside dt{color:var(--soft);overflow-wrap:anywhere}aside dd{margin:0;overflow-wrap:anywhere}dd del{color:var(--removed)}dd ins{color:var(--added);text-decoration:none;font-weight:600}
.finding{border:1px solid var(--rule);border-left:4px solid var(--line,var(--rule));border-radius:8px;padding:10px 12px;margin:0 0 10px}
.finding.refused{--line:var(--refused)}.finding.risky{--line:var(--risky)}.finding.safe{--line:var(--safe)}
.finding strong{display:block;margin:4px 0}
.empty{color:var(--soft)}
aside ul,aside ol{margin:0;padding-left:20px}aside li{margin:2px 0;overflow-wrap:anywhere}.close{float:right;font-size:18px;line-height:1;border-color:transparent;color:var(--soft)}.finding b{font-weight:600;color:var(--soft)}aside .links button{margin:0 6px 6px 0;max-width:100%;overflow-wrap:anywhere;text-align:left}
@media (max-width:1000px){body{height:auto}.columns{display:flex;flex-direction:column}#stage{min-height:300px;height:60vh;flex:none}.keys{display:none}aside{width:auto}nav{max-height:60vh}header{flex-wrap:wrap;gap:8px 20px}#counts{flex:1 1 100%;order:9}main{order:-1}}
@media print{html,body{height:auto}body{background:#fff;display:block}.tools,.keys,.filters,.skip,.close,#found,header .field,aside:empty{display:none}.columns{display:flex;flex-direction:column}main{order:-1}nav,aside,main{overflow:visible;border:0;width:auto;min-height:auto}nav{display:block}
#tree{overflow:visible;columns:2}.scene svg{height:auto;max-height:90vh}#stage{overflow:visible;height:auto}.finding,.row{break-inside:avoid}}
@media (prefers-reduced-motion:no-preference){.node,.edge{transition:opacity .15s}}
`;

/** The page's whole style. Printed pages are light. */
export const PAGE_STYLE = `:root{${LIGHT}}@media screen and (prefers-color-scheme:dark){:root[data-theme=auto]{${DARK}}}@media screen{:root[data-theme=dark]{${DARK}}}${PICTURE_STYLE}${LAYOUT}`;
