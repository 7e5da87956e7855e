/** Shows only the permission changes that contain every word of the filter. */
export function filterChanges() {
  const field = document.getElementById('filter');
  if (!field) {
    return; // a log without permission changes has no filter
  }
  const matches = document.getElementById('matches');
  const rows = [...document.getElementById('changes').rows].map((row) => ({
    row,
    text: row.textContent.toLowerCase(),
  }));
  const apply = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const {row, text} of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    matches.textContent = words.length === 0 ? '' : `${shown} of ${rows.length}`;
  };
  field.addEventListener('input', apply);
  apply(); // a reloaded page may bring its text back
}
