/** The hours of the week as a table of colours; every colour but that of a whole hour carries its number. */
export const STYLE_WEEK = `
.week-card{padding:12px 16px 14px}
.week{font-size:11.5px;table-layout:fixed;min-width:720px;border-collapse:separate;border-spacing:2px}
.week-note{color:var(--soft);font-size:13px;margin:0 0 10px;line-height:1.45}
.week th,.week td{border:0;padding:0;height:22px;text-align:center;vertical-align:middle;background:none;border-radius:3px}
.week thead th{font-size:11px;color:var(--soft);font-weight:500}.week tbody th{font-size:12px;color:var(--soft);font-weight:600;text-align:left}
.week th:first-child{width:38px}
.week .heat-all{background:var(--ok-soft)}.week .heat-most{background:var(--warn-soft);color:var(--warn-ink)}.week .heat-few{background:var(--unused);color:#16202c;font-weight:600}.week .heat-zero{background:var(--bad-soft);color:var(--bad);font-weight:650;box-shadow:inset 0 0 0 1px var(--bad)}.week .heat-none{color:var(--soft)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
`;
