// Light from bytes to fields and back, the theme, opening everything. The page reads without it.
(() => {
  'use strict';
  const root = document.documentElement;
  let lit = [];
  let pinned = null;

  function light(cell) {
    for (const e of lit) e.classList.remove('lit');
    lit = [];
    if (!cell) return;
    const map = cell.closest('.map');
    if (!map) return;
    lit = [...map.querySelectorAll('[data-i="' + cell.dataset.i + '"]')];
    for (const e of lit) e.classList.add('lit');
  }
  const cellOf = (event) => event.target.closest ? event.target.closest('[data-i]') : null;

  const hint = document.getElementById('hint');
  if (hint) hint.hidden = false;
  document.addEventListener('pointerover', (event) => light(cellOf(event) || pinned));
  document.addEventListener('focusin', (event) => light(cellOf(event) || pinned));
  document.addEventListener('click', (event) => {
    const cell = cellOf(event);
    if (!cell && event.target.closest('summary, button, a')) return;
    pinned = cell === pinned ? null : cell;
    light(cell);
  });
  document.addEventListener('keydown', (event) => {
    const cell = cellOf(event);
    if (event.key === 'Escape') light(pinned = null);
    if (!cell || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
    const next = event.key === 'ArrowDown' ? cell.nextElementSibling : cell.previousElementSibling;
    if (next && next.focus) {
      event.preventDefault();
      next.focus();
    }
  });

  // What a link leads to may lie in something that is folded.
  function unfold() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    for (let e = target; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true;
    target.scrollIntoView();
  }
  window.addEventListener('hashchange', unfold);
  if (location.hash) unfold();
  const folds = () => [...document.querySelectorAll('details')];
  let before = null;
  window.addEventListener('beforeprint', () => {
    before = folds().filter((d) => !d.open);
    for (const d of before) d.open = !d.classList.contains('cert');
  });
  window.addEventListener('afterprint', () => {
    for (const d of before || []) d.open = false;
  });

  const theme = document.getElementById('theme');
  const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' :
                     matchMedia('(prefers-color-scheme: dark)').matches;
  const name = () => theme.textContent = dark() ? 'Light' : 'Dark';
  if (theme) {
    theme.hidden = false;
    theme.addEventListener('click', () => {
      root.dataset.theme = dark() ? 'light' : 'dark';
      name();
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', name);
    name();
  }
  const open = document.getElementById('open');
  if (open && folds().length) {
    open.hidden = false;
    open.addEventListener('click', () => {
      const all = folds();
      const closed = all.some((d) => !d.open);
      for (const d of all) d.open = closed;
      open.textContent = closed ? 'Close all' : 'Open all';
    });
  }
})();
