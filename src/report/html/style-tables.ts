/** Tables, their controls and the details of a row; below 760 px every row becomes a card. */
export const STYLE_TABLES = `
.scroll{overflow-x:auto;position:relative}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;vertical-align:top;padding:9px 12px;border-bottom:1px solid var(--line)}
tbody tr:last-child>td{border-bottom:0}
thead th{font-weight:600;font-size:12.5px;color:var(--soft);background:var(--faint);white-space:nowrap}
.card>.scroll:first-child thead th:first-child{border-top-left-radius:9px}.card>.scroll:first-child thead th:last-child{border-top-right-radius:9px}
th button{all:unset;cursor:pointer;display:inline-flex;gap:5px;align-items:center}th button:focus-visible{outline:2px solid var(--accent);outline-offset:3px}
th button::after{content:"";width:0;height:0;border:4px solid transparent;opacity:0}th button:hover::after{opacity:.5;border-bottom-color:currentColor;transform:translateY(-2px)}
th[aria-sort=ascending] button::after{opacity:1;border-bottom-color:currentColor;transform:translateY(-2px)}th[aria-sort=descending] button::after{opacity:1;border-top-color:currentColor;transform:translateY(2px)}
th.num button{flex-direction:row-reverse}
td .sub{display:block;color:var(--soft);font-size:13px;overflow-wrap:anywhere;max-width:46ch}
td .clip{display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden}
td .list{display:block;overflow-wrap:anywhere;max-width:26ch;min-width:11ch}
td .id{font-weight:600}td .sub.mono{font-size:12px;max-width:none}
.stack td.lead-cell{min-width:165px}.stack.rules td.lead-cell{min-width:232px}.stack.rules td,.stack.rules th{padding-left:8px;padding-right:8px}.stack.rules td.lead-cell,.stack.rules th:first-child{padding-left:12px}td .sub.wide{max-width:none;margin-top:4px}.rules td.tags{min-width:96px}td.date{white-space:nowrap}td.tags>div{display:flex;flex-wrap:wrap;gap:4px}
td code{overflow-wrap:anywhere}
tr.open>td{border-bottom-color:transparent;background:var(--accent-soft)}tr.detail>td{background:var(--accent-soft);padding:2px 12px 18px 44px}
tbody tr.row{cursor:pointer}tbody tr.row:hover>td{background:var(--faint)}tbody tr.row.open:hover>td{background:var(--accent-soft)}
.toggle{all:unset;cursor:pointer;width:20px;height:20px;display:inline-flex;align-items:center;justify-content:center;border-radius:5px;color:var(--soft);vertical-align:top;margin:0 6px 0 -4px;flex:none}
.toggle::before{content:"";border:4px solid transparent;border-left:6px solid currentColor;margin-left:5px;transition:transform .12s;transform-origin:3px 50%}.toggle[aria-expanded=true]::before{transform:rotate(90deg)}.toggle:focus-visible{outline:2px solid var(--accent)}
.with-toggle{display:flex}
.controls{display:flex;flex-wrap:wrap;gap:10px;padding:14px 16px;border-bottom:1px solid var(--line);align-items:flex-end}
.controls label{display:flex;flex-direction:column;gap:3px;font-size:12.5px;color:var(--soft);min-width:0}.controls label.search{flex:1 1 240px}
.controls input,.controls select,.button{font:inherit;font-size:14px;color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:7px;padding:6px 10px;height:36px;min-width:0;max-width:100%}.controls label:not(.search){flex:0 1 148px}.controls select{width:100%}
.controls input:focus,.controls select:focus{outline:2px solid var(--accent);outline-offset:-1px}
.button{cursor:pointer;display:inline-flex;align-items:center}.button:hover:not(:disabled){border-color:var(--accent);color:var(--accent)}.button:disabled{opacity:.45;cursor:default}
.pager{display:flex;gap:8px;align-items:center;justify-content:space-between;flex-wrap:wrap;padding:10px 16px;border-top:1px solid var(--line);font-size:13.5px;color:var(--soft)}
.pager div{display:flex;gap:8px}
.empty{padding:28px 16px;color:var(--soft);text-align:center}
dl.facts-grid{display:grid;grid-template-columns:minmax(110px,max-content) 1fr;gap:6px 18px;margin:6px 0 0;font-size:13.5px;max-width:1000px}dl.facts-grid dt{color:var(--soft)}dl.facts-grid dd{margin:0;overflow-wrap:anywhere}
dl.facts-grid p{margin:0 0 4px}dl.facts-grid pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
td .bar{height:10px;min-width:150px;margin-top:6px}
.hash{font-size:12px;color:var(--soft);overflow-wrap:anywhere;min-width:19ch}
@media (max-width:760px){.stack thead{position:absolute;left:-9999px}.stack,.stack tbody,.stack tr,.stack td{display:block;width:100%}.stack tr{padding:11px 14px;border-bottom:1px solid var(--line)}.stack tbody tr:last-child{border-bottom:0}.stack tr.open,.stack tr.detail{background:var(--accent-soft)}.stack tr.open{border-bottom:0}
.stack td{border:0;padding:2px 0;display:grid;grid-template-columns:104px 1fr;gap:10px}.stack td::before{content:attr(data-label);color:var(--soft);font-size:12.5px;line-height:22px}.stack td.lead-cell,.stack.rules td.lead-cell{display:block;min-width:0}.stack td.word{white-space:normal}.stack td:has(>div:empty){display:none}.stack td.lead-cell::before,.stack tr.detail>td::before{display:none}.stack td.num{text-align:left;white-space:normal}.stack tr.detail>td{display:block;padding:0}.stack td .list,.stack td .sub{max-width:none}
dl.facts-grid{grid-template-columns:1fr}dl.facts-grid dd{margin-bottom:4px}.controls label:not(.search){flex:1 1 130px}}
`;
