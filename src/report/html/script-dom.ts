/** Making elements. Text only ever enters through textContent and setAttribute of fixed names, so that nothing in the data can become markup. */
export const SCRIPT_DOM = String.raw`
function el(tag, attributes, children) {
  const node = document.createElement(tag);
  for (const name of Object.keys(attributes || {})) {
    const value = attributes[name];
    if (name === 'text') node.textContent = value;
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) node.setAttribute(name, value);
  }
  for (const child of children || []) if (child) node.append(child);
  return node;
}
const badge = (text, tone, title) => el('span', { class: 'badge ' + (tone || ''), text, title: title || null });
const sub = (text, extra) => (text ? el('span', { class: 'sub ' + (extra || ''), text }) : null);
const group = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
const day = (time) => (time ? time.slice(0, 10) : '');
const minute = (time) => (time ? time.slice(0, 16).replace('T', ' ') + ' UTC' : '');
const nothing = (text) => el('span', { class: 'muted', text });

/* Pairs of a label and text or nodes; empty ones are left out. */
function factsGrid(pairs) {
  const list = el('dl', { class: 'facts-grid' });
  for (const [label, value] of pairs) {
    const parts = (Array.isArray(value) ? value : [value]).filter((part) => part !== '' && part !== null && part !== undefined);
    if (parts.length === 0) continue;
    list.append(el('dt', { text: label }), el('dd', {}, parts.map((part) => (typeof part === 'object' ? part : el('p', { text: String(part) })))));
  }
  return list;
}
`;
