// The instances, found by asking the balancer over and over: each answer says whose it is.
import { draw } from './picture.js';

const ASK_EVERY = 250;
const SILENT_AFTER = 3000;
const SHARE_OVER = 10000;

export class Cluster {
  constructor() {
    this.instances = new Map();
    this.answers = [];
    this.redisAway = false;
  }

  start() {
    setInterval(() => this.ask(), ASK_EVERY);
    this.ask();
  }

  async ask() {
    try {
      const response = await fetch('status', { cache: 'no-store', signal: AbortSignal.timeout(9000) });
      if (response.ok) {
        const status = await response.json();
        this.heard(status.instance);
        this.instances.get(status.instance).status = status;
      }
    } catch {
      // Shown as silence.
    }
  }

  // Every answer to anything on this page counts.
  heard(instance) {
    if (!instance) {
      return;
    }
    const now = performance.now();
    if (!this.instances.has(instance)) {
      this.instances.set(instance, { name: instance, status: null, heard: now });
    }
    this.instances.get(instance).heard = now;
    this.answers.push([now, instance]);
  }

  draw(control) {
    const now = performance.now();
    while (this.answers.length && now - this.answers[0][0] > SHARE_OVER) {
      this.answers.shift();
    }
    const known = [...this.instances.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    const shown = known.map(instance => this.look(instance, now, control));
    const up = shown.filter(instance => instance.state === 'answers').length;
    this.redisAway = up > 0 && shown.every(instance => instance.state !== 'answers' || !instance.heapServes);
    say('summary', shown.length === 0 ? 'Looking for instances …'
      : `${up} of ${shown.length} instances answer${this.redisAway ? '; Redis is away, reads go to PostgreSQL' : ''}`);
    draw(document.getElementById('picture'), shown, this.redisAway);
    this.list(shown, control);
  }

  look(instance, now, control) {
    const told = control.stateOf(instance.name);
    const silent = now - instance.heard > SILENT_AFTER;
    const state = told && told !== 'running' ? told : silent ? 'silent' : 'answers';
    const totals = { nearHits: 0, farHits: 0, loads: 0, fenced: 0 };
    for (const cache of Object.values(instance.status?.caches ?? {})) {
      for (const name of Object.keys(totals)) {
        totals[name] += cache[name];
      }
    }
    const share = this.answers.length
      ? this.answers.filter(answer => answer[1] === instance.name).length / this.answers.length : 0;
    return { name: instance.name, state, share, heapServes: instance.status?.heapServes ?? true, ...totals };
  }

  list(shown, control) {
    const list = document.getElementById('instances');
    for (const instance of shown) {
      let item = document.getElementById(`i-${instance.name}`);
      if (!item) {
        item = card(instance.name, control);
        list.append(item);
      }
      item.className = instance.state === 'answers' ? '' : instance.state === 'silent' ? 'silent' : 'away';
      const reads = instance.nearHits + instance.farHits + instance.loads;
      const part = count => reads ? `${Math.round(100 * count / reads)} %` : '–';
      const values = [instance.state, `${Math.round(100 * instance.share)} %`, part(instance.nearHits), part(instance.farHits),
        part(instance.loads), String(instance.fenced)];
      item.querySelectorAll('.value').forEach((element, i) => put(element, values[i]));
      control.enable(item, instance);
    }
  }
}

function card(name, control) {
  const item = document.createElement('li');
  item.id = `i-${name}`;
  const title = document.createElement('h3');
  const state = document.createElement('span');
  state.className = 'state value';
  title.append(name, state);
  const figures = document.createElement('dl');
  for (const label of ['share of answers', 'from the heap', 'from Redis', 'from PostgreSQL', 'stale fills refused']) {
    const pair = document.createElement('div');
    const term = document.createElement('dt');
    const value = document.createElement('dd');
    term.textContent = label;
    value.className = 'value';
    pair.append(term, value);
    figures.append(pair);
  }
  item.append(title, figures, control.buttons(name));
  return item;
}

export function say(id, text) {
  put(document.getElementById(id), text);
}

// Only what has changed: a screen reader would read the rest again.
function put(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
