/** The application map. Kinds of arrows differ in dashes and heads as well as in colour. */
export const STYLE_MAP = `
.map{display:block}.map.fitted{width:100%;height:auto;min-width:820px}
.map text{font:11.5px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--ink);text-anchor:middle}
.map .box rect{fill:var(--faint);stroke:var(--unsure);stroke-width:1.2}.map .box .name{font:600 12.5px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}.map .box .sort{font-size:11px;fill:var(--soft)}
.map .internet rect{fill:var(--low-soft);stroke:var(--possible)}.map .policies rect{fill:var(--accent-soft);stroke:var(--accent)}.map .private rect{stroke-dasharray:4 3}
.map .arrow{fill:none;stroke:var(--accent);stroke-opacity:.62}.map .arrow.refused{stroke:var(--bad);stroke-dasharray:6 4}.map .arrow.unknown{stroke:var(--unsure);stroke-dasharray:2 4;stroke-linecap:round}
.map .arrow:hover{stroke-opacity:1}.map .head path{fill:var(--accent)}.map .head.refused path{fill:var(--bad)}
.map .label rect{fill:var(--card);fill-opacity:.9}.map .label.refused text{fill:var(--bad)}.map .label.unknown text{fill:var(--soft)}
.map-card{padding:10px 12px}
`;
