import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  Tooltip,
} from 'chart.js';
import {axisLabels, barEnds} from './bar-labels.js';

Object.assign(Chart.defaults.font, {
  family: getComputedStyle(document.documentElement).fontFamily,
  size: 12,
});
Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip);

const numbers = new Intl.NumberFormat('en-US');

/** The charts differ in data and axes only. Without animation a page is complete at once. */
const COMMON = {
  animation: false,
  maintainAspectRatio: false,
  plugins: {legend: {display: false}},
};

/** Stacked bars, one colour a category. */
export function drawTimeLine({ticks, titles, series}) {
  const chart = new Chart('timeLine', {
    type: 'bar',
    data: {
      labels: ticks,
      datasets: series.map(({label, counts}) => ({
        label,
        data: counts,
        barPercentage: 1,
        maxBarThickness: 48,
        borderWidth: {top: ticks.length > 80 ? 0.5 : 1},
        categoryPercentage: ticks.length > 120 ? 0.94 : 0.86,
      })),
    },
    options: {
      ...COMMON,
      interaction: {mode: 'index', intersect: false},
      scales: {
        x: {
          stacked: true,
          grid: {display: false},
          ticks: {maxRotation: 0, autoSkipPadding: 28},
        },
        y: {
          stacked: true,
          border: {display: false},
          ticks: {maxTicksLimit: 5, precision: 0, callback: (value) => numbers.format(value)},
        },
      },
      plugins: {
        legend: {
          position: 'bottom',
          align: 'start',
          labels: {usePointStyle: true, pointStyle: 'rectRounded', boxHeight: 8, padding: 16},
        },
        tooltip: {
          filter: ({raw}) => raw > 0,
          callbacks: {
            title: ([item]) => (item ? titles[item.dataIndex] : ''),
            label: ({dataset, raw}) => ` ${dataset.label}: ${numbers.format(raw)}`,
            footer: (items) =>
              `Total: ${numbers.format(items.reduce((sum, {raw}) => sum + raw, 0))}`,
          },
        },
      },
    },
  });
  return {
    paint(theme) {
      chart.data.datasets.forEach((dataset, index) => {
        dataset.backgroundColor = colourOf(theme, index, series[index].label === 'Other');
        dataset.borderColor = theme.card; // a seam tells neighbours apart without their colours
      });
      paintCommon(chart, theme);
      chart.options.plugins.legend.labels.color = theme.text;
      chart.update('none');
    },
  };
}

/** A ranking as bars that lie, with the number at the end of each. */
export function drawBars(id, {labels, counts, colours}, total) {
  const chart = new Chart(id, {
    type: 'bar',
    data: {labels, datasets: [{data: counts, borderRadius: 3, barThickness: 14}]},
    options: {
      ...COMMON,
      indexAxis: 'y',
      layout: {padding: {right: 56}},
      scales: {
        x: {display: false, min: 0, max: counts[0]},
        y: {
          grid: {display: false},
          border: {display: false},
          ticks: {callback: axisLabels, crossAlign: 'far'},
        },
      },
      plugins: {
        ...COMMON.plugins,
        tooltip: {
          displayColors: false,
          callbacks: {
            label: ({raw}) => `${numbers.format(raw)} (${((100 * raw) / total).toFixed(1)}%)`,
          },
        },
      },
    },
    plugins: [barEnds((value) => numbers.format(value))],
  });
  return {
    paint(theme) {
      chart.data.datasets[0].backgroundColor = colours
        ? colours.map((index) => colourOf(theme, index, index < 0))
        : theme.accent;
      paintCommon(chart, theme);
      chart.options.scales.y.ticks.color = theme.text;
      chart.update('none');
    },
  };
}

function colourOf(theme, index, isRest) {
  return isRest ? theme.rest : theme.series[index % theme.series.length];
}

function paintCommon(chart, theme) {
  const {scales, plugins} = chart.options;
  chart.options.color = theme.text;
  for (const scale of [scales.x, scales.y]) {
    scale.ticks.color = theme.muted;
    scale.grid = {...scale.grid, color: theme.line};
  }
  Object.assign(plugins.tooltip, {
    backgroundColor: theme.text,
    titleColor: theme.card,
    bodyColor: theme.card,
    footerColor: theme.card,
    padding: 10,
    cornerRadius: 6,
    boxPadding: 4,
    usePointStyle: true,
  });
  chart.resize();
}
