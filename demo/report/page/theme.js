const SERIES = 7;

/** The colours of the style sheet that is in force. Charts are pictures: they do not inherit any. */
function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour('text'),
    muted: colour('muted'),
    line: colour('line'),
    card: colour('card'),
    accent: colour('accent'),
    series: Array.from({length: SERIES}, (_, index) => colour(`series-${index}`)),
    rest: colour('rest'),
  };
}

/** Paints now, when the system turns light or dark, and in light colours for paper. */
export function onThemeChange(paint) {
  const {classList} = document.documentElement;
  const repaint = () => paint(readTheme());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
  addEventListener('beforeprint', () => {
    classList.add('paper');
    repaint();
  });
  addEventListener('afterprint', () => {
    classList.remove('paper');
    repaint();
  });
  repaint();
}
