import { STYLE_MAP } from './style-map.ts';
import { STYLE_TABLES } from './style-tables.ts';
import { STYLE_WEEK } from './style-week.ts';

const STYLE_PAGE = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#16202c;--soft:#566372;--line:#dfe3e9;--faint:#eef1f4;--accent:#0b6b75;--accent-soft:#e2f2f3;
--used:#2a8f79;--unused:#d3870b;--possible:#6d8fc4;--silent:#b3bcc8;--unsure:#8c97a6;--clash:#b4477f;--bad:#b3261e;--bad-soft:#fdecea;--warn-soft:#fff3dc;--warn-ink:#7a4c00;--low-soft:#e6eefb;--low-ink:#234f96;
--ok-soft:#e0f3ee;--ok-ink:#0d5c4a;--radius:10px;--shadow:0 1px 2px rgba(16,32,48,.05)}
@media (prefers-color-scheme:dark){:root{--bg:#0f151c;--card:#171f29;--ink:#e6ebf1;--soft:#9aa7b6;--line:#2a3542;--faint:#1e2833;--accent:#5cc3cd;--accent-soft:#12333a;
--used:#3fae95;--unused:#e6a23c;--possible:#7d9fd6;--silent:#5a6675;--unsure:#7b8796;--clash:#d670a3;--bad:#ff8a80;--bad-soft:#3d1d1c;--warn-soft:#3a2c10;--warn-ink:#f2c777;--low-soft:#1b2b45;--low-ink:#a9c6f7;
--ok-soft:#123329;--ok-ink:#8bd9c3;--shadow:none}}
*{box-sizing:border-box}
html{scroll-padding-top:64px;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
a{color:var(--accent);text-underline-offset:2px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
code,pre,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.88em}
.skip{position:absolute;left:-999px}.skip:focus{left:12px;top:12px;background:var(--card);padding:8px 12px;z-index:9}
.wrap{max-width:1240px;margin:0 auto;padding:0 24px}
.top{background:var(--card);border-bottom:1px solid var(--line);position:sticky;top:0;z-index:5}
.top .wrap{display:flex;align-items:center;gap:24px;min-height:52px}
.brand{font-weight:700;letter-spacing:-.01em;display:flex;align-items:center;gap:9px;white-space:nowrap}
.brand svg{width:20px;height:20px;display:block}.brand .mark{fill:var(--accent)}.brand .mark-soft{fill:var(--silent)}
.top nav{display:flex;gap:2px;overflow-x:auto;scrollbar-width:none}
.top nav a{color:var(--soft);text-decoration:none;padding:5px 10px;border-radius:6px;white-space:nowrap;font-size:14px}
.top nav a:hover{background:var(--faint);color:var(--ink)}
.hero{padding:36px 0 8px}
.hero p{margin:0}.eyebrow{color:var(--soft);font-size:13px;letter-spacing:.02em}
h1{font-size:clamp(23px,3vw,30px);line-height:1.22;letter-spacing:-.02em;margin:6px 0 4px;max-width:36em;font-weight:650;text-wrap:balance}
.hero .answer{font-size:clamp(16px,1.6vw,18px);color:var(--soft);margin:0 0 16px}
h2{font-size:20px;letter-spacing:-.01em;margin:0 0 4px;font-weight:650}
h3{font-size:15px;margin:24px 0 8px;font-weight:650}
section{margin:36px 0}section>.lead{color:var(--soft);margin:0 0 14px;max-width:78ch}
.card{background:var(--card);border:1px solid var(--line);border-radius:var(--radius);box-shadow:var(--shadow)}
.facts{display:flex;flex-wrap:wrap;gap:4px 22px;color:var(--soft);font-size:13.5px;list-style:none;margin:0;padding:0}.facts b{color:var(--ink);font-weight:550}
.notice{border:1px solid var(--bad);border-left-width:4px;background:var(--bad-soft);border-radius:8px;padding:14px 18px;margin:0 0 24px}
.notice.calm{border-color:var(--unused);background:var(--warn-soft)}
.notice strong{display:block}.notice ul{margin:6px 0 0;padding-left:20px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(172px,1fr));gap:12px;margin:22px 0 12px}
.tile{padding:15px 17px 14px;text-decoration:none;color:inherit;display:block}
a.tile:hover{border-color:var(--accent)}
.tile .label{color:var(--soft);font-size:13px}.tile .value{font-size:28px;line-height:1.2;font-weight:650;letter-spacing:-.02em;margin:2px 0}
.tile .value small{font-size:15px;font-weight:500;color:var(--soft);letter-spacing:0}
.tile .note{color:var(--soft);font-size:13px;overflow-wrap:anywhere}.tile.attention .value{color:var(--warn-ink)}
.population{padding:16px 18px}
.bar{display:block;width:100%;height:14px;border-radius:4px;overflow:hidden;background:var(--faint)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:6px 20px;margin:12px 0 0;padding:0;font-size:13.5px;color:var(--soft)}
.legend b{color:var(--ink);font-weight:600}.legend.above{margin:0 0 10px}.swatch{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:7px}
.tone-used,.tone-sole{fill:var(--used);background:var(--used)}.tone-unused{fill:var(--unused);background:var(--unused)}.tone-possible,.tone-shared{fill:var(--possible);background:var(--possible)}
.tone-silent{fill:var(--silent);background:var(--silent)}.tone-unsure,.tone-denied{fill:var(--unsure);background:var(--unsure)}.tone-clash,.tone-unexplained{fill:var(--clash);background:var(--clash)}
.tone-none{fill:var(--silent);background:var(--silent)}.tone-covered{fill:var(--used);background:var(--used)}.tone-gap{fill:var(--bad);background:var(--bad)}
.badge{display:inline-block;border-radius:5px;padding:0 7px;font-size:12.5px;line-height:20px;font-weight:550;background:var(--faint);color:var(--soft);white-space:nowrap}
.badge.critical,.badge.high{background:var(--bad-soft);color:var(--bad)}.badge.medium,.badge.unused{background:var(--warn-soft);color:var(--warn-ink)}.badge.low,.badge.possible{background:var(--low-soft);color:var(--low-ink)}
.badge.used,.badge.ok{background:var(--ok-soft);color:var(--ok-ink)}.badge.clash{background:var(--bad-soft);color:var(--bad)}
.grade{display:inline-block;min-width:20px;text-align:center;border:1px solid var(--line);border-radius:5px;font-size:12px;line-height:18px;font-weight:650;color:var(--soft)}
.muted{color:var(--soft)}.small{font-size:13px}.num{text-align:right;white-space:nowrap}.break{overflow-wrap:anywhere}.word{white-space:nowrap}
dl.terms{display:grid;grid-template-columns:minmax(130px,max-content) 1fr;gap:7px 18px;margin:0;padding:16px 18px;font-size:14px}dl.terms dt{font-weight:600}dl.terms dd{margin:0;color:var(--soft)}
footer{border-top:1px solid var(--line);color:var(--soft);font-size:13px;padding:18px 0 40px;margin-top:48px}
@media (max-width:640px){.wrap{padding:0 16px}.top .wrap{gap:12px}.brand span{display:none}.hero{padding-top:24px}.tiles{grid-template-columns:1fr 1fr;gap:10px}.tile{padding:12px 13px}.tile .value{font-size:24px}section{margin:30px 0}dl.terms{grid-template-columns:1fr}dl.terms dd{margin:-4px 0 6px}}
@media print{:root{--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#ccc;--faint:#f2f2f2;--shadow:none}body{font-size:11px}.top{position:static}.top nav,.controls,.pager,.skip,.toggle{display:none!important}.wrap{max-width:none;padding:0}section{break-inside:auto;margin:18px 0}tr,.tile,.card.population{break-inside:avoid}.scroll{overflow:visible;max-height:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;

/** The style sheet of the report: light and dark, narrow screens, print. A constant, so that the page can name its hash. */
export const STYLE = `${STYLE_PAGE}${STYLE_TABLES}${STYLE_WEEK}${STYLE_MAP}`;
