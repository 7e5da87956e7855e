/**
 * Makes a drawing usable without a mouse: it is one stop of the tab key, the arrow keys go from one
 * of its labelled pieces to the next, and what the piece says is written below it.
 */
export function readOut(drawing) {
  const pieces = [...drawing.querySelectorAll('[tabindex]')];
  const line = document.getElementById(drawing.dataset.readout);
  const rowLength = Number(drawing.dataset.rowLength ?? 1);
  const steps = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: rowLength,
    ArrowUp: -rowLength,
    Home: -pieces.length,
    End: pieces.length,
  };
  const say = ({target}) => {
    const piece = target.closest('[tabindex]');
    if (pieces.includes(piece)) {
      line.textContent = piece.getAttribute('aria-label');
    }
  };
  drawing.addEventListener('pointerover', say);
  drawing.addEventListener('focusin', say);
  drawing.addEventListener('keydown', (event) => {
    const step = steps[event.key];
    if (step === undefined) {
      return;
    }
    event.preventDefault();
    const from = pieces.indexOf(document.activeElement);
    const to = Math.min(Math.max(from + step, 0), pieces.length - 1);
    pieces[from].tabIndex = -1;
    pieces[to].tabIndex = 0;
    pieces[to].focus();
  });
}
