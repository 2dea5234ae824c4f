// Users that read products as fast as they are answered.
import { say } from './cluster.js';

const USERS = 8;
const PRODUCTS = 100;
const WINDOW = 5000;
const ATTEMPTS = 3;

export class Reads {
  constructor(cluster) {
    this.cluster = cluster;
    this.running = false;
    this.done = [];
    this.failed = 0;
  }

  start() {
    const button = document.getElementById('load');
    button.addEventListener('click', () => {
      this.running = !this.running;
      button.setAttribute('aria-pressed', String(this.running));
      button.textContent = this.running ? 'Stop reading products' : 'Start reading products';
      if (this.running) {
        for (let i = 0; i < USERS; i++) {
          this.read();
        }
      }
    });
  }

  async read() {
    while (this.running) {
      const began = performance.now();
      try {
        const response = await this.ask(`products/${1 + Math.floor(Math.random() * PRODUCTS)}`);
        this.failed += response.ok || response.status === 404 ? 0 : 1;
      } catch {
        this.failed++;
        await new Promise(resolve => setTimeout(resolve, 100));
      }
      const now = performance.now();
      this.done.push([now, now - began]);
    }
  }

  // An instance that is busy says when to come back; who does is no failure, but has waited.
  async ask(path) {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(path, { cache: 'no-store' });
      await response.arrayBuffer();
      this.cluster.heard(response.headers.get('X-Instance-Id'));
      if (response.status !== 503 || attempt === ATTEMPTS) {
        return response;
      }
      await new Promise(resolve => setTimeout(resolve, 1000 * Number(response.headers.get('Retry-After') ?? 1)));
    }
  }

  draw() {
    const now = performance.now();
    while (this.done.length && now - this.done[0][0] > WINDOW) {
      this.done.shift();
    }
    const times = this.done.map(each => each[1]).sort((a, b) => a - b);
    const at = share => times.length ? `${times[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(1)} ms` : '–';
    say('rate', String(Math.round(times.length / (WINDOW / 1000))));
    say('p50', at(0.5));
    say('p99', at(0.99));
    say('failed', String(this.failed));
  }
}
