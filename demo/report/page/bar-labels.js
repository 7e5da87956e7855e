const MAX_SHARE = 0.36;

/** The canvas font of a bar's label and number. */
function barFont({options}) {
  return `${options.font.size}px ${options.font.family}`;
}

/** A tick's label, cut to what fits into its share of the chart's width. */
export function axisLabels(value) {
  const label = this.getLabelForValue(value);
  const {ctx, width} = this.chart;
  const room = width * MAX_SHARE;
  ctx.font = barFont(this.chart); // measured before the chart sets it
  if (ctx.measureText(label).width <= room) {
    return label;
  }
  const characters = [...label];
  while (characters.length > 1 && ctx.measureText(`${characters.join('')}…`).width > room) {
    characters.pop();
  }
  return `${characters.join('').trimEnd()}…`;
}

/** A plugin that writes each bar's number behind its end. */
export function barEnds(format) {
  return {
    id: 'barEnds',
    afterDatasetsDraw(chart) {
      const {ctx, data, options} = chart;
      const values = data.datasets[0].data;
      ctx.save();
      ctx.fillStyle = options.scales.y.ticks.color;
      ctx.font = barFont(chart);
      ctx.textBaseline = 'middle';
      chart.getDatasetMeta(0).data.forEach((bar, index) => {
        ctx.fillText(format(values[index]), bar.x + 8, bar.y + 1);
      });
      ctx.restore();
    },
  };
}
