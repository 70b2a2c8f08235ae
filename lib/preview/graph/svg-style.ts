const LIGHT = `--ground:#f6f7f9;--card:#ffffff;--ink:#1b2330;--soft:#566174;--rule:#d3d9e2;--event:#5b6b84;--command:#7a3fb0;--reply:#0f6f74;
--kafka:#1f5fbf;--rabbit:#b4480f;--pg:#2c6e49;--service:#6b2fa0;--added:#1a7f37;--changed:#8a5a00;--removed:#c02030;
--added-bg:#e3f8e8;--changed-bg:#fff6d6;--removed-bg:#ffebe9`;
const DARK = `--ground:#0f141b;--card:#19212c;--ink:#eaf0f7;--soft:#a5b1c2;--rule:#364252;--event:#93a3bb;--command:#c79bf0;--reply:#5cc4c9;
--kafka:#7db1ff;--rabbit:#ff9d66;--pg:#74cf9b;--service:#cda3f5;--added:#56d37a;--changed:#e8b949;--removed:#ff8f8a;
--added-bg:#10301b;--changed-bg:#342a0c;--removed-bg:#3b1517`;

/** The colours by name, for who draws in the same ones. */
export const COLOURS = { light: LIGHT, dark: DARK };

/** How boxes and arrows look, in those colours. */
export const PICTURE_STYLE = `
.ground{fill:var(--ground)}
.picture{font:600 13px/1.2 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.card{fill:var(--card);stroke:var(--rule);stroke-width:1.2}
.tile{fill:var(--tone);opacity:.14}.icon{fill:none;stroke:var(--tone);stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}
.label{fill:var(--ink)}.detail{fill:var(--soft);font-weight:400;font-size:11.5px}
.kind-topic{--tone:var(--kafka)}.kind-relay{--tone:var(--kafka)}
.kind-exchange,.kind-queue,.kind-ladder,.kind-unrouted{--tone:var(--rabbit)}
.kind-store,.kind-outbox,.kind-projection{--tone:var(--pg)}
.kind-consumer,.kind-saga,.kind-handler{--tone:var(--service)}
.edge{--line:var(--event)}.edge.command{--line:var(--command)}.edge.reply{--line:var(--reply)}
.edge.added{--line:var(--added)}.edge.changed{--line:var(--changed)}.edge.removed{--line:var(--removed)}
.line{fill:none;stroke:var(--line);stroke-width:1.5;opacity:.75}.hit{fill:none;stroke:transparent;stroke-width:14}
.edge.reply .line{stroke-dasharray:6 4}.edge.removed .line{stroke-dasharray:3 4}
.edge.added .line,.edge.changed .line,.edge.removed .line{stroke-width:2.4;opacity:1}
.edge text{fill:var(--line);font-weight:500;font-size:11px;text-anchor:middle;paint-order:stroke;stroke:var(--ground);stroke-width:4px;stroke-linejoin:round}
.head path{fill:var(--event)}.head.command path{fill:var(--command)}.head.reply path{fill:var(--reply)}
.head.added path{fill:var(--added)}.head.changed path{fill:var(--changed)}.head.removed path{fill:var(--removed)}
.node.added{--mark:var(--added);--fill:var(--added-bg)}.node.changed{--mark:var(--changed);--fill:var(--changed-bg)}
.node.removed{--mark:var(--removed);--fill:var(--removed-bg)}
.node.added .card,.node.changed .card,.node.removed .card{fill:var(--fill);stroke:var(--mark);stroke-width:2.2}
.node.removed .card{stroke-dasharray:6 4}.node.removed .label{text-decoration:line-through}
.badge circle{fill:var(--mark)}.badge text{fill:var(--card);text-anchor:middle;font-weight:800;font-size:14px}
`;

/** The whole style of a picture that stands alone. */
export const SVG_STYLE = `svg{${LIGHT}}@media (prefers-color-scheme:dark){svg{${DARK}}}${PICTURE_STYLE}`;
