// The flash sale: orders with keys, so that one may be sent again until its answer is known; and the live feed.
import { say } from './cluster.js';

const PRODUCT = 1;
const RUSH = 2000;
const AT_ONCE = 24;
const MOST_TRIES = 20;
const MOST_LINES = 50;

export class Sale {
  constructor(cluster) {
    this.cluster = cluster;
    this.token = null;
    this.available = null;
    this.highest = 1;
    this.bought = 0;
    this.late = 0;
    this.again = 0;
    this.lost = 0;
  }

  start() {
    document.getElementById('buy').addEventListener('click', () => this.order());
    document.getElementById('rush').addEventListener('click', event => this.rush(event.currentTarget));
    this.listen();
    this.look();
    setInterval(() => this.look(), 2000);
  }

  async look() {
    try {
      const response = await fetch(`stock/${PRODUCT}`, { cache: 'no-store' });
      if (response.ok) {
        this.show((await response.json()).available);
      }
    } catch {
      // What was known is shown on.
    }
  }

  show(available) {
    this.available = available;
    this.highest = Math.max(this.highest, available);
  }

  // The browser comes back by itself, to whichever instance, and names the last event that it saw.
  listen() {
    const feed = document.getElementById('feed');
    const line = text => {
      const item = document.createElement('li');
      item.textContent = text;
      feed.prepend(item);
      while (feed.childElementCount > MOST_LINES) {
        feed.lastElementChild.remove();
      }
    };
    const events = new EventSource('sales');
    events.addEventListener('sale', event => {
      const sale = JSON.parse(event.data);
      if (sale.productId === PRODUCT) {
        this.show(sale.available);
      }
      line(`${sale.at.slice(11, 23)}  product ${sale.productId}: ${Math.abs(sale.quantity)} `
        + `${sale.quantity > 0 ? 'sold' : 'came back'}, ${sale.available} left`);
    });
    events.addEventListener('missed', () => line('sales from before are no longer told'));
  }

  async rush(button) {
    button.disabled = true;
    let waiting = RUSH;
    const buyer = async () => {
      while (waiting-- > 0) {
        await this.order();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, buyer));
    button.disabled = false;
  }

  async account() {
    this.token ??= fetch('accounts', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"name":"visitor"}' })
      .then(response => response.ok ? response.json() : Promise.reject(new Error(String(response.status))))
      .then(account => account.token);
    try {
      return await this.token;
    } catch (e) {
      this.token = null;
      throw e;
    }
  }

  // Known, in the end: that it was bought, or that there is none left. Lost only if nobody answers for long.
  async order() {
    const key = Array.from(crypto.getRandomValues(new Uint32Array(4)), part => part.toString(16)).join('-');
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      try {
        const response = await fetch('orders', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${await this.account()}`, 'Idempotency-Key': key },
          body: JSON.stringify({ productId: PRODUCT, quantity: 1 }),
        });
        const answer = await response.json();
        this.cluster.heard(response.headers.get('X-Instance-Id'));
        if (response.status === 201) {
          this.bought++;
          return;
        }
        if (response.status === 409 && /left/.test(answer.detail)) {
          this.late++;
          return;
        }
      } catch {
        // As for a bad answer.
      }
      this.again++;
      await new Promise(resolve => setTimeout(resolve, 100 * Math.min(tries + 1, 10)));
    }
    this.lost++;
  }

  draw() {
    say('stock', this.available === null ? '–' : String(this.available));
    const meter = document.getElementById('stock-meter');
    meter.max = this.highest;
    meter.value = this.available ?? 0;
    say('bought', String(this.bought));
    say('late', String(this.late));
    say('again', String(this.again));
    say('lost', String(this.lost));
  }
}
