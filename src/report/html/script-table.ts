/**
 * One table over many rows: search, filters, sort by any column, 200 rows at a time, a row that opens. Only the page in view is in the document.
 * `rows` are objects; a column has `label`, `value(row)` for sorting and `cell(row)` for drawing; a filter has `label`, `values(row)`, `options`.
 */
export const SCRIPT_TABLE = String.raw`
const PAGE = 200;

function drawTable(config) {
  const state = { query: '', chosen: config.filters.map(() => ''), column: config.sortColumn, direction: 1, page: 0, open: new Set() };
  let view = config.rows;
  const body = el('tbody');
  const status = el('span', { role: 'status', 'aria-live': 'polite' });
  const empty = el('p', { class: 'empty', hidden: '' });
  const previous = el('button', { class: 'button', type: 'button', text: 'Previous', onclick: () => turn(-1) });
  const next = el('button', { class: 'button', type: 'button', text: 'Next', onclick: () => turn(1) });
  const search = el('input', { type: 'search', placeholder: config.placeholder, autocomplete: 'off', spellcheck: 'false' });
  let timer = 0;
  search.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => { state.query = search.value; refresh(); }, 120);
  });
  const selects = config.filters.map((filter, index) => makeSelect(filter, index));
  const heads = config.columns.map((column, index) =>
    el('th', { scope: 'col', class: column.num ? 'num' : null }, [el('button', { type: 'button', text: column.label, onclick: () => sortBy(index) })]));
  const clear = el('button', { class: 'button', type: 'button', text: 'Clear', onclick: () => { reset(); refresh(); search.focus(); } });

  config.root.replaceChildren(
    el('div', { class: 'controls', role: 'search' }, [
      el('label', { class: 'search', text: 'Search' }, [search]),
      ...selects.map((select, index) => el('label', { text: config.filters[index].label }, [select])),
      clear,
    ]),
    el('div', { class: 'scroll' }, [el('table', { class: 'stack ' + config.noun }, [el('thead', {}, [el('tr', {}, heads)]), body])]),
    empty,
    el('div', { class: 'pager' }, [status, el('div', {}, [previous, next])]),
  );
  refresh();

  function makeSelect(filter, index) {
    const counts = new Map();
    for (const row of config.rows) for (const value of filter.values(row)) counts.set(value, (counts.get(value) || 0) + 1);
    const known = filter.options ? filter.options.filter((option) => counts.has(option[0])) : [...counts.keys()].sort().map((value) => [value, value]);
    const select = el('select', { onchange: () => { state.chosen[index] = select.value; refresh(); } }, [el('option', { value: '', text: 'All' })]);
    known.forEach((option) => select.append(el('option', { value: option[0], text: option[1] + ' (' + group(counts.get(option[0])) + ')' })));
    return select;
  }

  function reset() {
    state.query = search.value = '';
    state.chosen = config.filters.map(() => '');
    selects.forEach((select) => { select.value = ''; });
  }

  function sortBy(index) {
    state.direction = state.column === index ? -state.direction : 1;
    state.column = index;
    refresh();
  }

  function refresh() {
    const words = state.query.toLowerCase().split(/\s+/).filter(Boolean);
    view = config.rows.filter((row) =>
      config.filters.every((filter, index) => state.chosen[index] === '' || filter.values(row).includes(state.chosen[index])) && words.every((word) => haystack(row).includes(word)));
    if (state.column !== null) {
      const value = config.columns[state.column].value;
      view = view.map((row) => [value(row), row]).sort((a, b) => compare(a[0], b[0], state.direction) || a[1].at - b[1].at).map((pair) => pair[1]);
    }
    heads.forEach((head, index) => head.setAttribute('aria-sort', index !== state.column ? 'none' : state.direction === 1 ? 'ascending' : 'descending'));
    state.page = 0;
    draw();
  }

  function haystack(row) {
    if (row.haystack === undefined) row.haystack = config.search(row).join(' ').toLowerCase();
    return row.haystack;
  }

  function turn(by) {
    state.page += by;
    draw();
    config.root.scrollIntoView({ block: 'start' });
  }

  function draw() {
    const first = state.page * PAGE;
    const rows = view.slice(first, first + PAGE);
    body.replaceChildren(...rows.flatMap(drawRow));
    empty.hidden = rows.length > 0;
    empty.textContent = config.rows.length === 0 ? config.none : 'Nothing matches these filters.';
    status.textContent = rows.length === 0 ? '' : group(first + 1) + ' to ' + group(first + rows.length) + ' of ' + group(view.length) + ' ' + config.noun
      + (view.length < config.rows.length ? ' (filtered from ' + group(config.rows.length) + ')' : '');
    previous.disabled = state.page === 0;
    next.disabled = first + PAGE >= view.length;
  }

  function drawRow(row) {
    const isOpen = state.open.has(row.at);
    const cells = config.columns.map((column, index) => {
      const content = column.cell(row);
      const attributes = { 'data-label': column.label, class: [column.num ? 'num' : '', column.kind || '', index === 0 ? 'lead-cell' : ''].join(' ').trim() || null };
      if (index > 0) return el('td', attributes, [el('div', {}, content)]);
      const toggle = el('button', { class: 'toggle', type: 'button', 'aria-expanded': String(isOpen), 'aria-label': 'Details of ' + config.nameOf(row) });
      return el('td', attributes, [el('div', { class: 'with-toggle' }, [toggle, el('div', {}, content)])]);
    });
    const line = el('tr', { class: isOpen ? 'row open' : 'row', onclick: (event) => flip(event, row, line) }, cells);
    return isOpen ? [line, drawDetail(row)] : [line];
  }

  function drawDetail(row) {
    return el('tr', { class: 'detail' }, [el('td', { colspan: String(config.columns.length) }, [config.detail(row)])]);
  }

  function flip(event, row, line) {
    if (event.target.closest('a') || String(getSelection()) !== '') return;
    const isOpen = state.open.has(row.at);
    if (isOpen) {
      state.open.delete(row.at);
      line.nextSibling.remove();
    } else {
      state.open.add(row.at);
      line.after(drawDetail(row));
    }
    line.classList.toggle('open', !isOpen);
    line.querySelector('.toggle').setAttribute('aria-expanded', String(!isOpen));
  }

  return {
    show(row) {
      reset();
      state.column = null;
      state.open.add(row.at);
      refresh();
      state.page = Math.floor(view.indexOf(row) / PAGE);
      draw();
      const line = body.querySelectorAll('tr.row')[view.indexOf(row) - state.page * PAGE];
      line.scrollIntoView({ block: 'center' });
      line.querySelector('.toggle').focus({ preventScroll: true });
    },
  };
}

/* Numbers as numbers, texts with numbers inside in their natural order, nothing last whatever the direction. */
const natural = new Intl.Collator('en', { numeric: true });
function compare(a, b, direction) {
  const isEmptyA = a === null || a === '';
  const isEmptyB = b === null || b === '';
  if (isEmptyA || isEmptyB) return isEmptyA === isEmptyB ? 0 : isEmptyA ? 1 : -1;
  return direction * (typeof a === 'number' && typeof b === 'number' ? a - b : natural.compare(String(a), String(b)));
}
`;
