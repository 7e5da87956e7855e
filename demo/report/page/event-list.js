const SHOWN_AT_ONCE = 100;

const numbers = new Intl.NumberFormat('en-US');
const byId = (id) => document.getElementById(id);

/** Lists the events that match the question chosen and every word typed, of all that the page has. */
export function listEvents() {
  const data = byId('event-data');
  if (!data) {
    return; // a file without events
  }
  const {texts, events} = JSON.parse(data.textContent);
  const field = byId('words');
  const choice = byId('question');
  const list = byId('rows');
  const lowered = texts.map((text) => text.toLowerCase());
  let matching = [];
  let shown = 0;

  const contains = (event, word) =>
    isoTime(event[0]).slice(0, 10).includes(word) ||
    event.slice(2).some((place) => lowered[place].includes(word));

  const showMore = () => {
    list.append(
      ...matching.slice(shown, shown + SHOWN_AT_ONCE).map((event) => makeRow(event, texts)),
    );
    shown = Math.min(shown + SHOWN_AT_ONCE, matching.length);
    byId('more').hidden = shown === matching.length;
    byId('more').textContent = `Show more: ${numbers.format(matching.length - shown)} are left`;
  };

  const search = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const bit = Number(choice.value);
    matching = events.filter(
      (event) =>
        (bit === 0 || (event[1] & bit) !== 0) && words.every((word) => contains(event, word)),
    );
    shown = 0;
    list.replaceChildren();
    byId('matches').textContent = describe(matching.length, events.length);
    if (matching.length === 0) {
      list.append(makeEmptyRow());
    }
    showMore();
  };

  field.addEventListener('input', search);
  choice.addEventListener('change', search);
  field.form.addEventListener('submit', (event) => event.preventDefault());
  byId('more').addEventListener('click', showMore);
  for (const link of document.querySelectorAll('[data-show]')) {
    link.addEventListener('click', () => {
      field.value = '';
      choice.value = link.dataset.show;
      search();
    });
  }
  search(); // a reloaded page may bring its words back
}

function describe(matches, all) {
  const noun = all === 1 ? 'event' : 'events';
  return matches === all
    ? `${numbers.format(all)} ${noun}`
    : `${numbers.format(matches)} of ${numbers.format(all)} ${noun}`;
}

function makeRow(event, texts) {
  const row = byId('row').content.cloneNode(true).firstElementChild;
  const [at, , who, what, category, whom, where, address, ...changes] = event;
  const iso = isoTime(at);
  const values = [
    `${iso.slice(0, 10)} ${iso.slice(11, 19)}`,
    ...[who, what, whom, where, address].map((place) => texts[place]),
  ];
  values.forEach((value, index) => {
    row.cells[index].firstElementChild.textContent = value;
    row.cells[index].classList.toggle('blank', value === '');
  });
  row.cells[2].append(makeElement('small', ` ${texts[category]}`));
  for (let index = 0; index < changes.length; index += 3) {
    row.cells[2].append(
      makeChange(...changes.slice(index, index + 3).map((place) => texts[place])),
    );
  }
  return row;
}

function makeChange(name, from, to) {
  const change = makeElement('div', '');
  change.className = 'changes';
  change.append(makeElement('bdi', name));
  for (const [tag, text] of [
    ['del', from],
    ['ins', to],
  ]) {
    if (text !== '') {
      change.append(' ', makeElement(tag, text));
    }
  }
  return change;
}

function makeEmptyRow() {
  const row = document.createElement('tr');
  const cell = makeElement('td', 'No event of this file matches. Take a word away, or show all.');
  cell.colSpan = byId('row').content.firstElementChild.cells.length;
  cell.className = 'empty';
  row.append(cell);
  return row;
}

function makeElement(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function isoTime(at) {
  return new Date(at).toISOString();
}
