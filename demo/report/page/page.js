import {drawBars, drawTimeLine} from './charts.js';
import {filterChanges} from './filter.js';
import {onThemeChange} from './theme.js';

// A headless browser, and a person's bug report, can read these off the page.
const {dataset} = document.documentElement;
dataset.errors = '0';
addEventListener('error', () => {
  dataset.errors = String(Number(dataset.errors) + 1);
});

const data = JSON.parse(document.getElementById('report-data').textContent);
const charts = [drawTimeLine(data.timeLine)];
for (const [id, bars] of Object.entries(data.bars)) {
  charts.push(drawBars(id, bars, data.total));
}
onThemeChange((theme) => charts.forEach((chart) => chart.paint(theme)));
filterChanges();
requestAnimationFrame(() => {
  // a task after the frame: by then it is on the screen
  setTimeout(() => {
    dataset.drawnAfterMs = String(Math.round(performance.now()));
  });
});
