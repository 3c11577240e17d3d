/** Style of the picture: for light and dark viewers, and for print. The tones differ in lightness, so that they can be told apart without colours. */
export const SVG_STYLE = `
svg{color-scheme:light dark}
text{font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#16202c}
.heading{font:600 17px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
.subheading{font:600 13px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
.soft{fill:#566372}.warn{fill:#b3261e}
.sign{text-anchor:middle;font-size:10.5px}
.ground{fill:#fff}
.grid{fill:none;stroke:#fff;stroke-width:1}
.swatch{stroke:#b3bcc8;stroke-width:.5}
.tone-none{fill:#eef1f4}.on-none{fill:#8c97a6}
.tone-depends{fill:url(#hatch)}.depends-ground{fill:#fff3dc}.depends-line{fill:#f1c77b}.on-depends{fill:#5e3a00;font-weight:600}
.tone-few{fill:#c6e6e3}.on-few{fill:#16202c}
.tone-many{fill:#7cc3bf}.on-many{fill:#16202c}
.tone-most{fill:#23808a}.on-most{fill:#fff}
.tone-all{fill:#9c2f23}.on-all{fill:#fff}
@media (prefers-color-scheme:dark){
text{fill:#e6ebf1}.soft{fill:#9aa7b6}.warn{fill:#ff8a80}.ground{fill:#0f151c}.grid{stroke:#0f151c}.swatch{stroke:#5a6675}
.tone-none{fill:#1a232d}.on-none{fill:#7b8796}
.depends-ground{fill:#4a3812}.depends-line{fill:#85651f}.on-depends{fill:#ffe0a3}
.tone-few{fill:#245f64}.on-few{fill:#fff}
.tone-many{fill:#3c969b}.on-many{fill:#0f151c}
.tone-most{fill:#8fe0e6}.on-most{fill:#0f151c}
.tone-all{fill:#ff8a80}.on-all{fill:#2b0b08}}
`;
